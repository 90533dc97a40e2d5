"""Grades a learner's files: what has not changed since its last verdict is
kept, and the rest uses all cores.
"""

from dataclasses import dataclass, replace
from pathlib import Path

from flaxkata import report
from flaxkata.exercise import Exercise
from flaxkata.judge import diagnose
from flaxkata.judge.grade import grade
from flaxkata.judge.options import GradeOptions
from flaxkata.judge.session import GradingSession, open_session
from flaxkata.judge.store import Results
from flaxkata.learner.all_cores import AllCores, Progress, are_worth_it


@dataclass(frozen=True)
class OpenSession:
    """A grading session that is open already, and how it grades."""

    session: GradingSession
    options: GradeOptions

    def grade(
        self, exercises: list[Exercise], submission: Path, asked: GradeOptions, fresh: bool, progress: Progress
    ) -> list[report.Exercise]:
        """Grade as the session does, within the limit that was `asked` for, and
        where.
        """
        options = replace(self.options, limit=asked.limit, here=self.options.here or asked.here)
        return _last(self.session, exercises, submission, options, Results(exercises[0].root, fresh), progress)


def kept_or_graded(
    exercises: list[Exercise], submission: Path, options: GradeOptions, fresh: bool, progress: Progress
) -> list[report.Exercise]:
    """The results in the order of `exercises`. Raises GraderFailed,
    SandboxUnavailable, KeyboardInterrupt.
    """
    results = Results(exercises[0].root, fresh)
    found = {} if options.here else results.find(results.keys(exercises, submission, options))
    done: dict[str, report.Exercise] = {}
    for e in exercises:
        if e.path in found and not diagnose.must_run(e, found[e.path], options):
            done[e.path] = diagnose.name(None, e, found[e.path], options)
            progress(e, len(done[e.path].checks))
    rest = [e for e in exercises if e.path not in done]
    if are_worth_it(rest) and not options.here:
        done |= AllCores(rest, submission, options, results).grade(progress)
    elif rest:
        kept = None if options.here else results
        graded = open_session(rest, options, lambda session: _last(session, rest, submission, options, kept, progress))
        done |= {e.path: result for e, result in zip(rest, graded, strict=True)}
    return [done[e.path] for e in exercises]


def _last(
    session: GradingSession,
    exercises: list[Exercise],
    submission: Path,
    options: GradeOptions,
    results: Results | None,
    progress: Progress,
) -> list[report.Exercise]:
    answers = grade(session, exercises, submission, options, results, lambda exercise, check: progress(exercise, 1))
    *_, (graded, _) = answers
    return graded
