"""What README.md and the pages in docs/ show is made here: the output of their
commands, and the picture of a failing check.

    python tests/kit/docs.py            write them, and the pictures of a cohort's page and a board
    python tests/kit/docs.py --check    exit 1 if what is there differs from what a run gives

A block of a page that stands under `<!-- kata grade -->` holds what that
command prints in a fresh clone; under `<!-- kata grade | tail 3 -->`, the last
three lines of it. What stands under `<!-- words -->` comes from the exercises,
see `words.py`.
"""

import difflib
import io
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import fresh
import live_class
import words
from rich.console import Console
from rich.terminal_theme import MONOKAI
from rich.text import Text

from flaxkata import catalog

BLOCK = re.compile(r"(<!-- kata ([^|\n]*?)(?: \| tail (\d+))? -->\n+```text\n)(.*?)(```\n)", re.DOTALL)
PAGES = [fresh.ROOT / "README.md", *sorted((fresh.ROOT / "docs").glob("*.md"))]
PICTURE = fresh.ROOT / "docs" / "failing-check.svg"
PAGE = fresh.ROOT / "docs" / "cohort.png"
BOARD = fresh.ROOT / "docs" / "board.png"
NAMES = ["Amara", "Bruno", "Chiara", "Dmitri", "Elif", "Farid", "Greta", "Hana", "Ines", "Jonas", "Kenji", "Lucia"]
PLAIN = os.environ | {"OMP_NUM_THREADS": "1", "COLUMNS": "80", "NO_COLOR": "1", "NOX_CURRENT_SESSION": "grade"}


def kata(arguments: str, kit: Path, env: dict[str, str]) -> str:
    command = [sys.executable, "-m", "flaxkata", *arguments.split()]
    output = subprocess.run(command, cwd=kit, env=env, capture_output=True, text=True, stdin=subprocess.DEVNULL).stdout
    return "".join(line.rstrip() + "\n" for line in output.splitlines())


def shown(path: Path, kit: Path) -> str:
    """A page with its blocks as the commands print them today."""

    def block(found: re.Match[str]) -> str:
        lines = kata(found[2], kit, PLAIN).splitlines(keepends=True)
        return "".join([found[1], *lines[-int(found[3] or len(lines)) :], found[5]])

    return words.page(BLOCK.sub(block, path.read_text("utf-8")), catalog.exercises(fresh.ROOT))


def picture(kit: Path) -> str:
    """1.4 answered with its mistake shallow_copy, as the terminal shows it."""
    place = "ch01_parameters/ex04_set_bias"
    shutil.copy(kit / "tests/mistakes" / place / "shallow_copy.py", kit / "exercises" / f"{place}.py")
    colour = {k: v for k, v in PLAIN.items() if k != "NO_COLOR"} | {"FORCE_COLOR": "1", "TTY_INTERACTIVE": "0"}
    console = Console(record=True, width=80, file=io.StringIO())
    console.print(Text.from_ansi(kata("grade 1.4", kit, colour)))
    svg = console.export_svg(title="nox -s grade -- 1.4", theme=MONOKAI, unique_id="kata")
    svg = re.sub(r"@font-face \{.*?\}\s*", "", svg, flags=re.DOTALL)  # nothing is fetched to show it
    return "".join(line.rstrip() + "\n" for line in svg.splitlines())


def page(kit: Path) -> None:
    """A cohort of twelve, drawn from our files, as a browser shows its page;
    made anew each time, and not compared.
    """
    from bench_cohort import hand_in
    from playwright.sync_api import sync_playwright

    exercises = catalog.select(kit, ["ch01", "ch02", "ch03"])
    hand_in(kit / "Workshop", exercises, 12)
    for number, name in enumerate(NAMES):
        (kit / "Workshop" / f"learner{number:03}").rename(kit / "Workshop" / name)
    chapters = [a for c in ("ch01", "ch02", "ch03") for a in ("--only", c)]
    kata(" ".join(["cohort", "Workshop", *chapters]), kit, PLAIN)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        opened = browser.new_page(viewport={"width": 1000, "height": 760}, color_scheme="light")
        opened.goto((kit / "Workshop-graded" / "cohort.html").as_uri())
        opened.screenshot(path=PAGE)
        browser.close()


def main(check: bool) -> int:
    with tempfile.TemporaryDirectory() as folder:
        kit = fresh.clone(Path(folder))
        made = {path: shown(path, kit) for path in PAGES} | {PICTURE: picture(kit)}
        if not check:
            page(kit)
            live_class.picture(BOARD)
    different = 0
    for path, text in made.items():
        old = path.read_text("utf-8") if path.exists() else ""
        different += old != text
        if check:
            sys.stdout.writelines(difflib.unified_diff(old.splitlines(True), text.splitlines(True), path.name, "a run", n=1))
        else:
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, "utf-8")
    return int(check and different > 0)


if __name__ == "__main__":
    raise SystemExit(main("--check" in sys.argv[1:]))
