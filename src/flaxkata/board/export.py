"""All events as CSV, for a spreadsheet."""

import csv
import io
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from flaxkata import posts
from flaxkata.render.grades import MARK, harmless

COLUMNS = ["seq", "at", "learner", "name", "kind", "exercise", "state", "score", "max_score", "origin", "mistakes"]
COLUMNS += ["failed checks", "question", "details"]
QUERY = """SELECT seq, at, learner, name, kind, exercise, body FROM events JOIN learners ON learner = number ORDER BY seq"""


def lines(file: Path) -> Iterator[str]:
    """The table, some lines at a time. `details` are the failed comparisons as
    JSON. Raises sqlite3.Error.
    """
    yield MARK + _line(COLUMNS)
    with closing(sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro", uri=True, check_same_thread=False)) as database:
        found = database.execute(QUERY)
        while rows := found.fetchmany(200):
            yield "".join(map(_row, rows))


def _row(found: tuple[Any, ...]) -> str:
    seq, at, learner, name, kind, exercise, body = found
    time = datetime.fromtimestamp(at, UTC).isoformat(timespec="seconds")
    what = posts.read(body, posts.What)
    return _line([seq, time, learner, harmless(name), kind, exercise, *_of(what)])


def _of(what: posts.Verdict | posts.Share) -> list[object]:
    if isinstance(what, posts.Share):
        return ["", "", "", "", "", "", harmless(what.question), ""]
    failed = [check for check in what.checks if check.wrong]
    names, mistakes = (harmless("; ".join(words)) for words in ([c.name for c in failed], what.mistakes))
    details = posts.to_json(failed) if failed else ""
    return [what.state, what.score, what.max_score, what.origin, mistakes, names, "", details]


def _line(cells: Sequence[object]) -> str:
    file = io.StringIO()
    csv.writer(file, lineterminator="\n").writerow(cells)
    return file.getvalue()
