"""One learner's results for GitHub Classroom: what its graders put out and its
reporter reads.

The shape is that of Exercism's test runner interface, version 3. The reporter
of classroom-resources adds `score` up in its notice, and counts rows that
passed in its table: every row is worth one point, so that both say the same. It
shows the `name` and `line_no` of a row that failed, and of one with an error
the `message` alone.
"""

import json
from typing import Any

from flaxkata.cohort_report import Learner
from flaxkata.report import Check, Exercise, one_line, printable

# The workflow hands the text over in base64, as an environment variable; on
# Linux one holds 131,071 bytes.
MOST = 72_000  # bytes of the text: 96,000 in base64
LENGTHS = ((500, 200), (200, 200), (80, 120), (0, 120), (0, 60), (0, 30))  # of a row's message and name, until all fit


def text(learner: Learner) -> str:
    """The object that a grader step gives, as JSON; words are cut where all of
    them would not fit.
    """
    for message, name in LENGTHS:
        written = json.dumps(result(learner, message, name), ensure_ascii=False, separators=(",", ":"))
        if len(written.encode()) <= MOST:
            break
    return written


def result(learner: Learner, message: int, name: int) -> dict[str, Any]:
    """The same as data; `message` and `name` are the most characters of
    each.
    """
    rows = [_row(e, c, n, message, name) for e in learner.exercises for c in e.checks for n in range(c.points)]
    right = learner.score == learner.max_score
    points = f"{learner.score} of {learner.max_score} points"
    return {
        "version": 3,
        "status": "pass" if right else "fail",
        "message": None if right else points,
        "max_score": learner.max_score,
        "tests": rows,
    }


def _row(e: Exercise, check: Check, n: int, message: int, name: int) -> dict[str, Any]:
    """One point of a check. What was found is told once."""
    point = f", point {n + 1} of {check.points}" if check.points > 1 else ""
    called = one_line(f"{e.id} {e.slug}: {check.description}", name) + f" ({check.name}{point})"
    row = {"name": called, "status": "pass", "score": 1, "max_score": 1, "line_no": check.line}
    if check.outcome == "passed":
        return row
    status = "fail" if check.outcome in ("failed", "todo") else "error"
    told = cut("\n".join(check.findings) or check.outcome, message) if n == 0 else ""
    return row | {"status": status, "score": 0, "message": f"{called}\n{told}" if status == "error" else told}


def cut(words: str, most: int) -> str:
    """At most `most` printable characters, with ` ...` where more were."""
    return printable(words) if len(words) <= most else f"{printable(words[: most - 4])} ..." if most > 4 else ""
