"""Tries a mistake as the kit's authors try theirs, and on the cohort that made
it; nothing is written where mistakes are before it holds.

The file is a learner's: it runs as their answers did, confined and with nothing
of the instructor's environment.
"""

import contextlib
import os
import shutil
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from flaxkata import files, posts, report
from flaxkata.exercise import Exercise, Variant
from flaxkata.instructor import engine
from flaxkata.instructor.naming import Group, Named
from flaxkata.judge import diagnose, taught
from flaxkata.judge.alone import other_alone
from flaxkata.judge.session import GradingSession, open_session
from flaxkata.judge.ways import KnownWays, text_of, ways_of

Program = Callable[[GradingSession], "Seen"]
SHOWN = 3  # findings, or names of people


@dataclass
class Seen:
    """What was seen of a mistake: what holds, what does not, and its record."""

    holds: list[str] = field(default_factory=list)
    trouble: list[str] = field(default_factory=list)
    checks: list[report.Check] = field(default_factory=list)

    def note(self, holds: bool, words: str, otherwise: str) -> None:
        (self.holds if holds else self.trouble).append(words if holds else otherwise)


def tried(group: Group, named: Named, text: str, session: GradingSession | None = None) -> Seen:
    """What a mistake of this text does. Raises GraderFailed,
    SandboxUnavailable.
    """
    assert group.options.confinement
    work = Path(group.options.confinement.scratch)
    own = work.parent / "naming"  # nobody else's folder, and no answer sees it
    try:
        exercise = _with(group.exercise, named, text, own)
        work.mkdir(exist_ok=True)
        program: Program = lambda session: _Trial(session, group, exercise, named).run()  # noqa: E731
        if session:
            return program(session)
        with _only(engine.passed(str(work))):
            return open_session([group.exercise], replace(group.options, confinement=None), program)
    finally:
        files.remove(own)
        files.remove(work)


def _with(exercise: Exercise, named: Named, text: str, own: Path) -> Exercise:
    """The exercise with one more mistake, in a copy of the instructor's
    folder.
    """
    files.remove(own)
    if exercise.own and (exercise.own / exercise.path).is_dir():
        shutil.copytree(exercise.own / exercise.path, own / exercise.path)
    files.write(own / exercise.path / named.path, text)
    return replace(exercise, own=own)


@contextlib.contextmanager
def _only(environment: dict[str, str]) -> Iterator[None]:
    """With nothing else in the environment."""
    before = dict(os.environ)
    os.environ.clear()
    os.environ.update(environment)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


class _Trial:
    """One mistake, among the others of its exercise."""

    def __init__(self, session: GradingSession, group: Group, exercise: Exercise, named: Named) -> None:
        self._session, self._group, self._exercise, self._named = session, group, exercise, named
        self._fixed = replace(group.options, secret="", fingerprints=None)  # as learners are graded
        path = exercise.own and exercise.own / exercise.path / named.path
        self._mine = next(v for v in exercise.own_variants if v.path == path)
        self._seen = Seen()

    def run(self) -> Seen:
        seen, result = self._seen, self._run(self._mine)
        seen.checks = result.checks
        count = len(result.checks)
        seen.note(bool(result.wrong), f"It fails {len(result.wrong)} of {count} checks.", f"It passes all {count} checks.")
        if not seen.trouble:
            self._told_by_its_own_name(result)
            self._people()
        if not seen.trouble:
            self._neighbors(result)
            self._right_answers()
        return seen

    def _run(self, variant: Variant) -> report.Exercise:
        options = replace(self._fixed, shared=not variant.own, constants=variant.constants)
        (result,) = self._session.run([self._exercise], variant.path, options)
        return result

    def _names(self, result: report.Exercise, exercise: Exercise) -> list[str]:
        return _slugs(diagnose.name(self._session, exercise, result, self._fixed))

    def _told_by_its_own_name(self, result: report.Exercise) -> None:
        slug, told = self._named.slug, self._names(result, self._exercise)
        before = self._names(result, self._group.exercise)
        why = f"On the inputs that everybody has it is {_listed(before)}." if before else "It is not identified as itself."
        self._seen.note(told == [slug], f"It is identified as itself: {slug}.", why)
        alone = other_alone(self._session, self._exercise, self._mine, result, self._fixed)
        if alone:
            self._seen.trouble.append(
                f"It does something else in {alone} where that check runs alone, so it cannot be recognized."
            )

    def _neighbors(self, result: report.Exercise) -> None:
        """Mistakes that fail somewhere in the same way."""
        mine, known = ways_of(result.checks), KnownWays(self._exercise)
        others = [v for v in self._exercise.variants if v != self._mine]
        near = [v for v in others if (ways := known.of(v)) is None or ways & mine]
        taken = [v.name for v in near if self._names(self._run(v), self._exercise) != [v.slug]]
        words = f"All {len(near)} wordings of mistakes that fail somewhere in the same way are still identified as themselves."
        self._seen.note(not taken, words, f"These would no longer be identified as themselves: {_listed(taken)}.")

    def _right_answers(self) -> None:
        e, options = self._exercise, replace(self._fixed, shared=True)
        right = [e.solution, *e.alternatives]
        wrong = [path.stem for path in right if self._session.run([e], path, options)[0].wrong]
        words = f"Right answers ({len(right)}) pass, so nothing is told of them."
        self._seen.note(not wrong, words, f"Right answers fail on this machine: {_listed(wrong)}.")

    def _people(self) -> None:
        """What learners are told, before and with this mistake: all of a
        cohort, and of a room those in the group, since what others say of
        themselves must not keep a name from them.
        """
        slug, told, lost = self._named.slug, [], []
        for learner, result in self._group.results.items():
            fresh = replace(_with_messages(result, self._seen.checks), mistakes=[], unnamed=[], named_by="")
            now = _slugs(diagnose.name(self._session, self._exercise, fresh, self._group.options)) if result.wrong else []
            told += [learner] if slug in now else []
            lost += [learner] if not set(_slugs(result)) <= set(now) else []
        group = set(self._group.learners)
        if lost:
            self._seen.trouble.append(f"These would no longer be told what they were told before: {_listed(lost)}.")
        missing = sorted(group - set(told))
        more = f", and {len(told) - len(group)} more" if len(told) > len(group) else ""
        words = f"All {len(group)} in the group are told it{more}."
        self._seen.note(not missing, words, f"These in the group would not be told it: {_listed(missing)}.")


def _with_messages(result: report.Exercise, mine: list[report.Check]) -> report.Exercise:
    """The result with Python's messages in place of the digests that a board is
    told, where they are those of the mistake.
    """
    known = {(c.name, f.label, posts.told(f).detail): f.detail for c in mine for f in c.failures}
    checks = [
        replace(c, failures=[replace(f, detail=known.get((c.name, f.label, f.detail), f.detail)) for f in c.failures])
        for c in result.checks
    ]
    return replace(result, checks=checks)


def _slugs(result: report.Exercise) -> list[str]:
    return [mistake.slug for mistake in result.mistakes]


def _listed(names: Iterable[str]) -> str:
    some = [report.one_line(name) for name in names]
    return ", ".join(some[:SHOWN]) + (f" and {len(some) - SHOWN} more" if len(some) > SHOWN else "")


# --- what holds ---


def keep(folder: Path, exercise: Exercise, named: Named, text: str, checks: list[report.Check]) -> Path:
    """Put a mistake among others: ours, with the ways in which it fails, or an
    instructor's own. Raises OSError.
    """
    path = folder / exercise.path / named.path
    files.write(path, text)
    if folder == exercise.course / "tests" / "mistakes":
        known = KnownWays(exercise)
        now = replace(exercise, own=None)
        ways = {v.name: ways_of(checks) if v.path == path else known.of(v) for v in now.variants}
        if known.exact and all(found is not None for found in ways.values()):
            files.write(exercise.ways, text_of(now, {name: found or set() for name, found in ways.items()}))
    return path


def record(out: Path, exercise: Exercise, named: Named, checks: list[report.Check]) -> Path:
    """Write what learners' graders compare with. Raises OSError, BadRecord."""
    path = out / "taught" / f"{exercise.number}_{named.slug}{f'_{named.wording}' if named.wording else ''}.json"
    files.write(path, taught.encoded(taught.record(exercise, named.slug, named.words, checks)))
    return path
