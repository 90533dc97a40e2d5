"""A cohort as one report in the Common Test Report Format, ctrf.io, version
0.0.0 of its schema.

The format knows no points: they stand in `extra`, which is its place for
extensions.
"""

import collections
from typing import Any

from flaxkata.cohort_report import Cohort, Learner
from flaxkata.report import Check, Exercise, Outcome, one_line, printable

STATUS = {Outcome.PASSED: "passed", Outcome.TODO: "pending", Outcome.UNGRADED: "other"}


def report(cohort: Cohort) -> dict[str, Any]:
    """Every check of every learner as a test. Many readers show its name alone,
    so that begins with the learner. Durations in milliseconds.
    """
    tests = [_test(learner, e, c) for learner in cohort.learners for e in learner.exercises for c in e.checks]
    found = collections.Counter(test["status"] for test in tests)
    counts = {status: found[status] for status in ("passed", "failed", "skipped", "pending", "other")}
    points = {"score": sum(one.score for one in cohort.learners), "max_score": sum(one.max_score for one in cohort.learners)}
    seconds = sum(t["duration"] for t in tests)
    # Start and stop are required; a report that is a function of the results alone tells only how long the checks took.
    summary = {"tests": len(tests), **counts, "start": 0, "stop": seconds, "extra": {"kata": points}}
    results = {"tool": {"name": "flaxkata"}, "summary": summary, "tests": tests}
    return {"reportFormat": "CTRF", "specVersion": "0.0.0", "generatedBy": "flaxkata", "results": results}


def _test(learner: Learner, e: Exercise, c: Check) -> dict[str, Any]:
    test = {
        "name": f"{one_line(learner.name).replace('|', '/')}: {e.id} {e.slug}: {printable(c.description)}",
        "status": STATUS.get(c.outcome, "failed"),
        "rawStatus": c.outcome,
        "duration": round(c.seconds * 1000),
        "suite": [one_line(learner.name), f"{e.id} {e.slug}"],
        "tags": [m.slug for m in e.mistakes],
        "extra": {"kata": {"score": c.points if c.outcome == Outcome.PASSED else 0, "max_score": c.points}},
    }
    return test | ({"message": printable("\n".join(c.findings))} if c.findings else {})
