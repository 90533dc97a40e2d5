"""The one place where a verdict is offered to the board, after it was shown.

Whatever goes wrong here, the learner's work goes on: what could not be kept is
not told.
"""

import contextlib
import sqlite3
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from flaxkata import posts, report
from flaxkata.exercise import Exercise
from flaxkata.learner import membership


def tell(root: Path, results: list[report.Exercise], origin: posts.Origin) -> None:
    """Have the board told of verdicts, if there is one. Of many at once, those
    that were not begun are left out, and those that it knows already.
    """
    if not membership.file_of(root).exists() or not membership.current(root):
        return
    with _whatever_happens():
        from flaxkata.learner.outbox import Outbox, Verdict

        verdicts = [
            Verdict(result.id, posts.to_json(posts.verdict(result, origin)), result.state != report.State.TODO, result.kept)
            for result in results
        ]
        if Outbox(root).add_new(verdicts):
            _send(root)


def share(root: Path, exercise: Exercise, text: str, question: str) -> None:
    """Raise a hand: send a file as it is. Raises sqlite3.Error, OSError."""
    from flaxkata.learner.outbox import Outbox

    what = posts.Share(exercise.number, text[: posts.MOST_FILE], question[: posts.MOST_QUESTION])
    Outbox(root).add([(uuid.uuid4().hex, posts.to_json(what))])
    _send(root)


def resume(root: Path) -> None:
    """Have sent what was left from before, and fetched what the board
    teaches.
    """
    if membership.file_of(root).exists() and membership.current(root):
        with _whatever_happens():
            _send(root)


def _send(root: Path) -> None:
    from flaxkata.learner import sender

    sender.start(root)


@contextlib.contextmanager
def _whatever_happens() -> Iterator[None]:
    with contextlib.suppress(sqlite3.Error, OSError, ImportError, ValueError):
        yield


class Teller:
    """Does the same in a thread of its own, in order, for those that stay."""

    def __init__(self, root: Path, origin: posts.Origin) -> None:
        self._root, self._origin = root, origin
        self._thread = ThreadPoolExecutor(1, "telling")
        self._thread.submit(resume, root)

    def tell(self, results: list[report.Exercise]) -> None:
        """Returns at once."""
        self._thread.submit(tell, self._root, results, self._origin)

    def close(self) -> None:
        """Once all is in the outbox."""
        self._thread.shutdown()
