"""One learner's results for GitHub Classroom: what its graders put out and its
reporter reads.

The shape is that of Exercism's test runner interface, version 3, with a numeric
`score` for each test; the reporter of classroom-resources throws where `tests`
is missing.
"""

import json
from base64 import b64encode
from typing import Any

from flaxkata.report import Check, Exercise, Learner, printable

MOST = 500  # characters of a test's output


def result(learner: Learner) -> dict[str, Any]:
    """The object that a grader step gives."""
    tests = [_test(e, c) for e in learner.exercises for c in e.checks]
    right = all(t["status"] == "pass" for t in tests)
    points = f"{learner.score} of {learner.max_score} points"
    return {
        "version": 3,
        "status": "pass" if right else "fail",
        "message": None if right else points,
        "max_score": learner.max_score,
        "tests": tests,
    }


def output(learner: Learner) -> str:
    """The same as the step's output `result` wants it: JSON in base64."""
    return b64encode(json.dumps(result(learner)).encode()).decode()


def _test(e: Exercise, check: Check) -> dict[str, Any]:
    words = printable("\n".join(check.findings)) or check.outcome
    right = check.outcome == "passed"
    return {
        "name": f"{e.id} {e.slug}: {printable(check.description)}",
        "status": "pass" if right else "fail" if check.outcome in ("failed", "todo") else "error",
        "message": None if right else words[:MOST],
        "score": check.points if right else 0,
        "max_score": check.points,
        "test_code": None,
        "task_id": None,
        "filename": None,
        "line_no": None,
        "duration": f"{check.seconds:.3f}s",
        "output": "" if right else words[:MOST],
    }
