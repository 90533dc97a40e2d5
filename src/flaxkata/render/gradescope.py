"""One learner's results for Gradescope: `results.json` as its autograder
specification describes it (/specs/).
"""

from typing import Any

from flaxkata.cohort_report import Learner
from flaxkata.report import Check, Exercise, printable


def results(learner: Learner) -> dict[str, Any]:
    """Every check as a test with its points. There is no `score` at the top: it
    would override their sum.
    """
    tests = [_test(e, n, c) for e in learner.exercises for n, c in enumerate(e.checks, 1)]
    lines = [f"{learner.solved} of {len(learner.exercises)} exercises solved."]
    if learner.ungraded:
        lines.append(f"Not graded: {', '.join(learner.ungraded)}.")
    if learner.ignored:
        lines.append(
            f"Files that do not belong to an exercise were not looked at: {', '.join(map(printable, learner.ignored[:20]))}."
        )
    return {
        "execution_time": round(learner.seconds, 3),
        "output": "\n".join(lines),
        "output_format": "text",
        "test_output_format": "text",
        "test_name_format": "text",
        "visibility": "visible",
        "stdout_visibility": "hidden",
        "tests": tests,
    }


def _test(e: Exercise, number: int, check: Check) -> dict[str, Any]:
    words = [*check.findings]
    if check.outcome == "todo" and not words:
        words = ["Still to do."]
    if check.wrong:
        words += [f"{m.introduction}{m.slug}\n{m.text}" for m in e.mistakes]
    return {
        "name": f"{e.id} {e.slug}: {printable(check.description)}",
        "number": f"{e.id}.{number}",
        "score": check.points if check.outcome == "passed" else 0,
        "max_score": check.points,
        "status": "passed" if check.outcome == "passed" else "failed",
        "output": printable("\n".join(words)),
        "tags": [e.slug, *(m.slug for m in e.mistakes)],
    }
