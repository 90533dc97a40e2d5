"""A class at work: learners whose machines tell a board what the kit really
says of its own mistakes and solutions, by the real client, in a plausible
order.

    python tests/kit/live_class.py --learners 30 --pictures FOLDER

writes what a browser shows of it: the instructor's page, everybody's and a
phone's, in light and dark.
"""

import argparse
import contextlib
import itertools
import random
import shutil
import sqlite3
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from unittest import mock

import fresh
import psutil
from boards import Board
from playwright.sync_api import Browser, Page, sync_playwright

from flaxkata import catalog, report
from flaxkata.exercise import Exercise
from flaxkata.judge.options import GradeOptions
from flaxkata.learner import grading, joining, telling

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
NAMES = [
    "Ada", "Anna", "Arjun", "Bo", "Carmen", "Chidi", "Dana", "Elif", "Emeka", "Farah", "Goran", "Hana", "Ines", "Ivan", "Jun",
    "Kofi", "Lena", "Luis", "Mai", "Malik", "Nadia", "Noor", "Olga", "Pia", "Quentin", "Ravi", "Sara", "Tomás", "Uma", "Yuki",
]  # fmt: skip
# What learners at an exercise save: mistakes with how common they are, and an answer that fits none.
SAVES = {
    "1.1": {"relu_forgotten": 3, "relu_after_last": 1, "compact_forgotten": 4, "linear_for_dense": 1},
    "1.3": {"kernel_not_transposed": 6, "params_given_to_apply": 2, "fresh_weights": 1},
    "1.4": {"shallow_copy": 8, "in_place": 2},
    "1.5": {},
}
STUCK = "1.4"
QUESTIONS = {"Mai": "Why does my old model change when I only write into the copy?", "Pia": "Do I need copy.deepcopy here?"}


@dataclass(frozen=True)
class Results:
    """What the kit says of each mistake and solution, by exercise."""

    wrong: dict[str, dict[str, report.Exercise]]
    right: dict[str, report.Exercise]


def results() -> Results:
    """Graded now, or kept from before."""
    wrong: dict[str, dict[str, report.Exercise]] = {}
    right = {}
    for e in catalog.select(fresh.ROOT, list(SAVES)):
        known = {path.stem: path for path in e.mistakes}
        chosen = [slug for slug in SAVES[e.number] if slug in known] or list(known)[:3]
        wrong[e.number] = {slug: _graded(e, known[slug]) for slug in chosen}
        right[e.number] = _graded(e, e.solution)
    return Results(wrong, right)


def _graded(e: Exercise, file: Path) -> report.Exercise:
    (found,) = grading.kept_or_graded([e], file, GradeOptions(), False, lambda exercise, count: None)
    return replace(found, kept=False)  # each is a save of its own


@dataclass
class Learner:
    """Somebody with a folder that is joined."""

    name: str
    folder: Path
    minutes: float  # since the class began

    def saves(self, began: float, result: report.Exercise) -> None:
        """A verdict of that minute is told."""
        with mock.patch("time.time", return_value=began + self.minutes * 60):
            telling.tell(self.folder, [result], "watch")

    def asks(self, began: float, exercise: Exercise, text: str, question: str) -> None:
        with mock.patch("time.time", return_value=began + self.minutes * 60):
            telling.share(self.folder, exercise, text, question)


@contextlib.contextmanager
def at_work(board: Board, folder: Path, count: int = 30, minutes: int = 40) -> Iterator[list[Learner]]:
    """A class that began so many minutes ago. All that it told is on the
    board.
    """
    learners = [_joined(board, folder / f"learner{n}", name) for n, name in enumerate(_names(count))]
    _earlier(board, minutes * 60)
    with mock.patch.object(telling, "_send"):  # and sent at the end, by each learner's sender
        draw, found = random.Random(7), results()
        for learner in learners:
            _work(learner, found, draw, time.time() - minutes * 60, minutes)
    for learner in learners:
        telling.resume(learner.folder)
    try:
        _wait(learners)
        yield learners
    finally:
        _end_senders(folder)


def _names(count: int) -> list[str]:
    return (NAMES * (count // len(NAMES) + 1))[:count]


def _joined(board: Board, folder: Path, name: str) -> Learner:
    (folder / ".kata").mkdir(parents=True)
    (folder / ".kata/course.json").write_text("{}")
    joining.join(folder, board.address, name)
    return Learner(name, folder, 0.0)


def _earlier(board: Board, seconds: float) -> None:
    """As if everybody had joined before."""
    board.stop()
    with contextlib.closing(sqlite3.connect(board.file)) as database, database:
        database.execute("UPDATE learners SET joined = joined - ?", (seconds,))
    board.start()


def _work(learner: Learner, found: Results, draw: random.Random, began: float, until: float) -> None:
    """Exercise by exercise, with wrong saves before the right one, until the
    time is over; some get no further than one of them.
    """
    pace, stays = draw.uniform(0.7, 1.5), draw.random() < 0.3
    for e in catalog.select(fresh.ROOT, list(SAVES)):
        wrong, last = found.wrong[e.number], ""
        weights = [SAVES[e.number].get(slug, 1) for slug in wrong]
        stuck = stays and e.number == STUCK
        for count in range(12 if stuck else draw.choice((0, 1, 1, 2, 3))):
            learner.minutes += pace * draw.uniform(1, 4)
            if learner.minutes > until:
                return
            last = last if last and draw.random() < 0.6 else draw.choices(list(wrong), weights)[0]
            learner.saves(began, wrong[last])
            if stuck and count == 4 and learner.name in QUESTIONS:
                file = next(path for path in e.mistakes if path.stem == last)
                learner.asks(began, e, file.read_text(), QUESTIONS[learner.name])
        learner.minutes += pace * draw.uniform(2, 6)
        if learner.minutes > until or stuck:
            return
        learner.saves(began, found.right[e.number])


def _wait(learners: list[Learner]) -> None:
    from flaxkata.learner.outbox import Outbox

    deadline = time.monotonic() + 60
    while any(Outbox(learner.folder).waiting() for learner in learners):
        assert time.monotonic() < deadline, "some posts were not sent"
        time.sleep(0.1)


def _end_senders(folder: Path) -> None:
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            line = process.cmdline()
            if "flaxkata.learner.sender" in line and line[-1].startswith(str(folder)):
                process.kill()


# --- what a browser shows ---

VIEWS = {"instructor": (1280, 1100), "projector": (1600, 1000), "phone": (390, 844), "phone-projector": (390, 844)}


@contextlib.contextmanager
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        options = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        found = playwright.chromium.launch(executable_path=CHROMIUM, args=options)
        yield found
        found.close()


def opened(
    browser: Browser, board: Board, instructor: bool, size: tuple[int, int] = (1280, 1100), scheme: str = "light"
) -> Page:
    """A page of its own, with a picture of the room."""
    page = browser.new_context(viewport={"width": size[0], "height": size[1]}, color_scheme=scheme).new_page()
    page.goto(f"{board.url}/instructor#{board.token}" if instructor else board.address)
    page.wait_for_selector("#room:not(:empty)")
    return page


def picture(file: Path) -> None:
    """The instructor's page, as the README has it."""
    with tempfile.TemporaryDirectory() as place, browser() as chromium:
        board = Board(Path(place), "--name", "Tuesday: JAX + Flax")
        with at_work(board, Path(place, "class")):
            page = opened(chromium, board, True, (1280, 1290))
            page.locator("#mistakes summary").first.click()
            page.wait_for_timeout(500)
            page.screenshot(path=file)
        board.close()


def main(count: int, folder: Path) -> None:
    """All views, in light and dark."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as place, browser() as chromium:
        board = Board(Path(place), "--name", "Tuesday: JAX + Flax")
        for scheme in ("light", "dark"):
            opened(chromium, board, True, scheme=scheme).screenshot(path=folder / f"empty-{scheme}.png")
        with at_work(board, Path(place, "class"), count):
            for name, scheme in itertools.product(VIEWS, ("light", "dark")):
                page = opened(chromium, board, name in ("instructor", "phone"), VIEWS[name], scheme)
                for part in ("#mistakes", "#hands"):
                    if page.locator(f"{part} summary").count():
                        page.locator(f"{part} summary").first.click()
                page.wait_for_timeout(300)
                page.screenshot(path=folder / f"{name}-{scheme}.png", full_page=True)
        board.close()


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--learners", type=int, default=30)
    parser.add_argument("--pictures", type=Path, required=True)
    given = parser.parse_args()
    main(given.learners, given.pictures)
