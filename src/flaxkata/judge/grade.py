"""One submission's exercises into plain data, with the names of the known
mistakes.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path

from flaxkata import report
from flaxkata.exercise import Exercise
from flaxkata.judge import diagnose
from flaxkata.judge.options import GradeOptions
from flaxkata.judge.run import Listener, nobody
from flaxkata.judge.session import GradingSession
from flaxkata.judge.store import Results


def grade(
    session: GradingSession,
    exercises: list[Exercise],
    submission: Path,
    options: GradeOptions,
    results: Results | None = None,
    listener: Listener = nobody,
    known: Mapping[str, report.Exercise] = {},
) -> Iterator[tuple[list[report.Exercise], bool]]:
    """The results of `exercises` of `submission`, a folder laid out like
    `exercises/` or a single file, and whether they are complete: first without
    the names of mistakes, if known mistakes must be run to find them; then with
    them.

    What `results` keeps, or is `known` by the exercise's path, is not run
    again. Raises SandboxUnavailable or Dropped, never because of what a learner
    wrote.
    """
    keys = results.keys(exercises, submission, options) if results else {}
    found = {**known, **(results.find(keys) if results else {})}
    missing = [e for e in exercises if e.path not in found]
    if missing:
        fresh = session.run(missing, submission, options, listener)
        if options.confinement and any(c.outcome == report.Outcome.KILLED for e in fresh for c in e.checks):
            fresh = session.run(missing, submission, options, listener)  # in a thousand runs or so, XLA itself crashes once
        found |= {e.path: graded for e, graded in zip(missing, fresh, strict=True)}
    unnamed = [found[e.path] for e in exercises]
    if any(diagnose.must_run(e, graded, options) for e, graded in zip(exercises, unnamed, strict=True)):
        yield unnamed, False
    named = {e.path: diagnose.name(session, e, found[e.path], options) for e in exercises}
    yield list(named.values()), True
    if results:  # after the verdict, which need not wait for the disk
        results.keep(keys, results.keys(exercises, submission, options), named)
