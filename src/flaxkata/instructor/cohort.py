"""A folder of submissions into a folder of results, as a run that may be ended
at any moment and resumed.

    OUT/cohort.json      who handed in what, the exercises, and the secret that all inputs were made with
    OUT/results.sqlite   the result of each file, by the digest of all that decides it
    OUT/fingerprints/    what known mistakes do on these inputs
    and what `exports` writes, of all results that are known

Results keep the comparisons that failed. Names and words are made from them and
from today's mistakes, so that a mistake added later is named in what was graded
before.
"""

import contextlib
import secrets
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import filelock
import msgspec

from flaxkata import catalog, cohort_report, files, report
from flaxkata.exercise import Exercise
from flaxkata.instructor import cohort_file, exports, submissions, unnamed
from flaxkata.instructor.cohort_file import Description, HandedIn
from flaxkata.instructor.engine import Engine, Results
from flaxkata.instructor.submissions import Submission
from flaxkata.judge import diagnose, workers
from flaxkata.judge.options import GradeOptions
from flaxkata.judge.store import ResultStore, result_key
from flaxkata.wire import Confinement

Progress = Callable[[int, int], None]  # how many files are graded, of how many


class Busy(Exception):
    """Another run is at work in the same folder."""


class Unwritable(Exception):
    """Results could not be written, as on a full disk."""


@dataclass(frozen=True)
class Limits:
    """What one exercise may use: seconds, and MB of memory."""

    seconds: float
    memory: int


def run(
    folder: Path,
    out: Path,
    exercises: list[Exercise],
    limits: Limits,
    engine: Engine,
    regrade: bool = False,
    progress: Progress = lambda done, total: None,
    secret_file: Path | None = None,
) -> cohort_report.Cohort:
    """Grade what is not graded yet, and write the exports. What a judge ended
    on, more than once, is marked as ungraded. Raises Busy, Unwritable,
    EngineFailed.
    """
    with sole_user(out):
        try:
            root = exercises[0].root
            options = options_of(folder, out, exercises[0], limits, secret_file)
            found, other = submissions.read_all(folder, exercises)
            jobs: dict[str, workers.Job] = {}
            learners = [_hand_in(one, exercises, options, jobs) for one in found]
            everything = catalog.exercises(root)
            about = Description(folder.name, options.secret, [], learners, other, folder=str(folder.absolute()))
            cohort_file.write(out, cohort_file.with_others(about, cohort_file.read(out), exercises, everything))
            store = ResultStore(out / "results.sqlite")
            to_do = _to_do(jobs, {} if regrade else store.get(list(jobs)), options)
            cohort = load(out, everything, _grade(store, len(to_do), engine.grade(to_do, options), progress))
            exports.write(cohort, out)
            return cohort
        except (OSError, sqlite3.Error) as error:
            raise Unwritable(getattr(error, "strerror", None) or str(error)) from error


def load(out: Path, exercises: list[Exercise], failed: Mapping[str, str] = {}) -> cohort_report.Cohort:
    """What is stored, as plain data: outputs are functions of it. `failed` are
    the keys of what could not be graded, with the reasons.
    """
    about = cohort_file.read(out)
    assert about
    by_number = {e.number: e for e in exercises}
    keys = {key for one in about.learners for number, key in one.keys.items() if number in by_number}
    results = ResultStore(out / "results.sqlite").get(list(keys))
    learners = [
        cohort_report.Learner(
            one.name,
            one.source,
            one.ignored,
            [
                _result(one, by_number[o.id], results[key]) if key in results else _ungraded(by_number[o.id], failed.get(key))
                for o in about.exercises
                if o.id in by_number and (key := one.keys.get(o.id))
            ],
            one.unrecognized,
            one.choices,
        )
        for one in about.learners
    ]
    places = {one.name: {number: _within(one.source, place) for number, place in one.places.items()} for one in about.learners}
    return cohort_report.Cohort(
        about.name, about.exercises, learners, about.other, unnamed.groups(about.exercises, learners, places)
    )


def _within(source: str, place: str) -> str:
    """Where a file lies in the folder of submissions."""
    return place if place == source else f"{source}/{place}"


def _result(learner: HandedIn, exercise: Exercise, found: report.Exercise) -> report.Exercise:
    """A learner's result, from that of the file. A file that is not there was
    graded once for everybody.
    """
    number = exercise.number
    if number in learner.refused:
        return _without_file(found, report.Outcome.BROKEN, report.State.BROKEN, learner.refused[number])
    if number in learner.absent:
        words = f"There is no file {exercise.file} in the submission."
        return _without_file(found, report.Outcome.TODO, report.State.TODO, words)
    return found


def _without_file(found: report.Exercise, outcome: report.Outcome, state: report.State, words: str) -> report.Exercise:
    checks = [replace(c, outcome=outcome, findings=[words]) for c in found.checks]
    return replace(found, checks=checks, state=state, mistakes=[], unnamed=[])


def _ungraded(exercise: Exercise, why: str | None) -> report.Exercise:
    """An exercise that has no result."""
    words = f"This is not graded, through no fault of the answer's: {why or 'it was not its turn yet'}."
    words += " Run the same command to try it again."
    ungraded = report.Outcome.UNGRADED
    checks = [report.Check(name, says, points, ungraded, [words]) for name, says, points in exercise.checks]
    return report.Exercise(exercise.number, exercise.slug, exercise.title, report.State.UNGRADED, [], checks)


# --- what is stored ---


@contextlib.contextmanager
def sole_user(out: Path) -> Iterator[None]:
    """Raises Busy while another run has the folder."""
    out.mkdir(parents=True, exist_ok=True)
    lock = filelock.FileLock(out / ".lock")
    try:
        lock.acquire(timeout=0)
    except filelock.Timeout:
        raise Busy(f"Another `kata cohort` is at work in {out}; wait for it, or give a different --out.") from None
    try:
        yield
    finally:
        files.remove(out / "work")
        lock.release()


def options_of(folder: Path, out: Path, first: Exercise, limits: Limits, secret_file: Path | None) -> GradeOptions:
    """How everybody is graded: with the secret of the file or of the results'
    folder, and nothing of kit, submissions, results and secret in sight.
    """
    out, own = out.resolve(), [secret_file.resolve()] if secret_file else []
    secret = own[0].read_text("utf-8", "replace").strip() if own else files.read_json(out / "cohort.json").get("secret")
    secret = secret or secrets.token_hex(16)
    mistakes = [first.own.resolve()] if first.own else []
    hidden = tuple(str(path) for path in (first.root, first.course, out, folder.resolve(), *own, *mistakes))
    return GradeOptions(
        limit=limits.seconds,
        memory=limits.memory,
        secret=secret,
        confinement=Confinement(str(out / "work"), hidden),
        fingerprints=out / "fingerprints",
    )


# --- jobs ---


def _hand_in(
    submission: Submission, exercises: list[Exercise], options: GradeOptions, jobs: dict[str, workers.Job]
) -> HandedIn:
    """One learner's keys. What is to be graded goes into `jobs`: each text
    once, however many handed it in.
    """
    keys, absent = {}, []
    for e in exercises:
        content = submission.texts.get(e.number)
        key = result_key(e, content or b"", options, "absent" if content is None else "")
        jobs.setdefault(key, workers.Job(e, content))
        keys[e.number] = key
        if content is None:
            absent.append(e.number)
    return HandedIn(
        name=submission.learner,
        source=submission.source,
        ignored=submission.ignored,
        keys=keys,
        refused=submission.refused,
        absent=absent,
        unrecognized=submission.unrecognized,
        choices=submission.choices,
        places=submission.places,
    )


def _to_do(jobs: dict[str, workers.Job], known: dict[str, report.Exercise], options: GradeOptions) -> dict[str, workers.Job]:
    """What has no result, or one whose names were made from other mistakes than
    today's.
    """
    found = {}
    for key, job in jobs.items():
        if key not in known:
            found[key] = job
        elif not diagnose.is_named(job.exercise, known[key], options):
            found[key] = replace(job, known=known[key])
    return found


def _grade(store: ResultStore, total: int, graded: Results, progress: Progress) -> dict[str, str]:
    """Keep what the engine answers. Of what it could not grade, the reasons, by
    key.
    """
    failed, done = dict[str, str](), 0
    progress(0, total)
    with contextlib.closing(graded):
        for batch in graded:
            results = {
                key: replace(result, curves=[], printed="") for key, result in batch.items() if not isinstance(result, str)
            }
            failed |= {key: why for key, why in batch.items() if isinstance(why, str)}
            failed |= _keep(store, results)
            done += len(batch)
            progress(done, total)
    return failed


def _keep(store: ResultStore, results: dict[str, report.Exercise]) -> dict[str, str]:
    """In one transaction, since each waits for the disk. Whatever is in one
    result, the others are kept; of those that cannot be, the reasons.
    """
    try:
        store.put(results)
    except (ValueError, msgspec.MsgspecError) as error:
        if len(results) == 1:
            return dict.fromkeys(results, f"its result cannot be kept: {error}")
        alone = [_keep(store, {key: result}) for key, result in results.items()]
        return {key: why for failed in alone for key, why in failed.items()}
    return {}
