"""The whole course with the libraries that are installed: right answers pass,
and mistakes are identified.

    python tests/kit/compat.py                    all exercises, on both cores
    python tests/kit/compat.py 4.7 5.1            these
    python tests/kit/compat.py --mistakes some    right answers, and 8 mistakes of each; or none
    python tests/kit/compat.py --without-private  none of the private names that the kit uses

By default each mistake is graded in one wording, and answers from the field
with it; with `--mistakes every`, all wordings. Solutions and alternatives are
granted half of each tolerance. What is not as it should be is shown, and at the
end a row for the table in CONTRIBUTING.md. What was graded is kept in
`.kata/compat/`, so that the command can be interrupted.
"""

import argparse
import os
import platform
import re
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

import fresh
import one_each
import private_names
import wordings
from try_exercise import KIT, SHARED, Author, findings, held_out, misnamed, rejected

from flaxkata import catalog, files
from flaxkata.exercise import Exercise
from flaxkata.judge import store
from flaxkata.judge.session import GradingSession, open_session
from flaxkata.judge.ways import KnownWays

SHOWN = ("jax", "flax", "optax", "numpy", "torch")  # columns of the table
MISTAKES = {
    "none": lambda exercise: [],
    "some": wordings.some,
    "each": lambda exercise: [variant for variant in exercise.variants if variant.name == variant.slug],
    "every": lambda exercise: exercise.variants,
}
KINDS = ("right answers", "mistakes", "from the field")
FIELD = ("same_mistake", "unknown_mistake", "examined")
LOGGED = re.compile(r"^[EFW]\d{4} \d\d:\d\d", re.MULTILINE)  # a line of XLA's own, which no answer printed
WITHOUT = "KATA_WITHOUT_PRIVATE"  # set for the processes in which the private names are gone


@dataclass
class Graded:
    """What an exercise's files gave: how many there are, what is not as it
    should be, and which mistakes fail in ways that `tests/ways/` does not have.
    """

    conditions: str = ""
    counts: dict[str, int] = field(default_factory=dict)
    trouble: list[str] = field(default_factory=list)
    other_ways: list[str] = field(default_factory=list)
    seconds: float = 0.0


class Compat:
    """One exercise with the libraries that are installed."""

    def __init__(self, exercise: Exercise, mistakes: str) -> None:
        self.exercise, self.key = exercise, f"{exercise.number} {mistakes}"
        self.variants = MISTAKES[mistakes](exercise)
        self.right = [exercise.solution, *exercise.alternatives]
        kinds = FIELD if mistakes in ("each", "every") else ()
        self.field = [path for kind in kinds for path in sorted((KIT / kind / exercise.path).glob("*.py"))]

    @property
    def conditions(self) -> str:
        texts = [*(v.text for v in self.variants), *(p.read_text("utf-8") for p in (*self.right, *self.field))]
        return store.digest(store.conditions(self.exercise, "cpu"), *texts)

    def kept(self) -> Graded | None:
        """What an earlier run gave, if nothing has changed since."""
        found = Graded(**files.read_json(folder() / "graded.json").get(self.key, {}))
        return found if found.conditions == self.conditions else None

    def grade(self) -> Graded:
        """Grade all, and keep what that gave."""
        counts = dict(zip(KINDS, map(len, (self.right, self.variants, self.field)), strict=True))
        options, begun = replace(SHARED, fingerprints=folder() / "fingerprints"), time.monotonic()
        graded = Graded(self.conditions, counts)

        def program(session: GradingSession) -> None:
            author = Author(session, self.exercise, options)
            graded.trouble = list(self._trouble(author))
            written = KnownWays(self.exercise)
            graded.other_ways = [v.name for v in self.variants if author.ways.get(v.name) != written.of(v)]

        open_session([self.exercise], options, program)
        graded.seconds = time.monotonic() - begun
        files.update_json(folder() / "graded.json", lambda kept: kept | {self.key: asdict(graded)})
        return graded

    def _trouble(self, author: Author) -> Iterator[str]:
        yield from rejected(author, [""])
        as_a_learner = author.run(self.exercise.solution, shared=False)  # and with what is compiled by now
        if as_a_learner.state != "solved":
            yield f"REJECTED in a sandbox of its own\n{findings(as_a_learner)}"
        yield from misnamed(author, self.variants)
        yield from held_out(author) if self.field else ()
        yield from (f"LOGGED: {name}: {text[:200]}" for name, text in author.printed.items() if LOGGED.search(text))


def folder() -> Path:
    """Where the results with these libraries are kept."""
    versions = [platform.python_version(), *store.libraries().values(), os.environ.get(WITHOUT, "")]
    return fresh.ROOT / ".kata" / "compat" / store.digest(*versions)[:12]


def show(found: Compat, graded: Graded) -> None:
    counts = ", ".join(f"{number} {name}" for name, number in graded.counts.items())
    ways = f"; {len(graded.other_ways)} in other ways" if graded.other_ways else ""
    print(*graded.trouble, sep="\n", end="\n" if graded.trouble else "")
    name = f"{found.exercise.number} {found.exercise.slug}"
    print(f"{name}: {counts}; {len(graded.trouble)} to mend{ways}; {graded.seconds:.0f} s", flush=True)


def row(every: list[Graded]) -> str:
    """Of the table: versions, how many exercises, right answers, mistakes and
    answers from the field were graded, what of them is to mend, and minutes.
    """
    versions = [platform.python_version(), *(store.libraries()[name] for name in SHOWN)]
    counts = [len(every), *(sum(graded.counts[kind] for graded in every) for kind in KINDS)]
    wrong = Counter(line.split(maxsplit=1)[0] for graded in every for line in graded.trouble)
    minutes = sum(graded.seconds for graded in every) / 60
    return f"| {' | '.join([*versions, *map(str, counts), str(dict(wrong) or 'none'), f'{minutes:.0f}'])} |"


def main() -> int:
    """1 when something is not as it should be."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("exercises", nargs="*")
    parser.add_argument("--mistakes", choices=MISTAKES, default="each")
    parser.add_argument("--without-private", action="store_true")
    asked = parser.parse_args()
    if asked.without_private:
        with tempfile.TemporaryDirectory() as place:
            again = [sys.executable, *(a for a in sys.argv if a != "--without-private")]
            renamed = {"PYTHONPATH": private_names.rename(Path(place)), WITHOUT: "1"}
            return subprocess.run(again, env=os.environ | renamed, check=False).returncode
    every = [Compat(exercise, asked.mistakes) for exercise in catalog.select(fresh.ROOT, asked.exercises)]
    if len(every) == 1:
        kept = every[0].kept()
        graded = kept if kept and not kept.trouble else every[0].grade()
        show(every[0], graded)
        return min(1, len(graded.trouble))
    code = one_each.run(__file__, [each.exercise for each in every], ["--mistakes", asked.mistakes])
    for package in private_names.FILES:
        print(f"private names that {package} does not have: {', '.join(private_names.missing(package)) or 'none'}")
    print(row([graded for each in every if (graded := each.kept())]))
    return code


if __name__ == "__main__":
    raise SystemExit(main())
