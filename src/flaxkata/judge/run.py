"""A run: one submission being graded, and for each of its exercises the
executor and what the checks gave.
"""

import time
from collections.abc import Callable
from pathlib import Path

from flaxkata import python_files, report
from flaxkata.exercise import Exercise
from flaxkata.judge.errors import (
    Dropped,
    ExecutionError,
    Killed,
    LearnerError,
    SandboxUnavailable,
    StubReached,
    Timeout,
    Unloadable,
)
from flaxkata.judge.executor import Executor
from flaxkata.judge.options import GradeOptions
from flaxkata.judge.pool import SandboxPool
from flaxkata.judge.proxy import CachedHandle, Handle, ModuleHandle
from flaxkata.judge.subprocess_sandbox import SubprocessSandbox

JUDGING = 30.0  # seconds for PyTorch and all comparing, at least; the slowest exercise needs about 6

Listener = Callable[[Exercise, report.Check], None]  # is told of every check


def nobody(exercise: Exercise, check: report.Check) -> None:
    """The listener that listens to nothing."""


class ExerciseRun:
    """One exercise of a run. An executor that was killed is replaced at the
    next question, with the time that is left.
    """

    def __init__(self, exercise: Exercise, run: "GradingRun") -> None:
        self.exercise, self.run = exercise, run
        self.left = run.options.limit  # seconds that the sandbox may keep the judge waiting
        self.spare = max(run.options.limit, JUDGING)  # and that the judge may take by itself
        self.executor: Executor | None = None
        self.calls: set[str] = set()  # names of the learner's module that the current check has used
        self.checks: list[report.Check] = []
        self.curves: list[report.Curve] = []
        self._module: ModuleHandle | ExecutionError | None = None
        self._inside: CachedHandle | None = None
        self._loaded = True
        self._greeted = False  # the executor, for this exercise
        self._printed = ""
        self._refused: list[str] = []
        self._device = ""
        self._protections: list[str] = []

    def living_executor(self) -> Executor:
        """The executor, a new one if there is none. Raises Timeout, Dropped,
        SandboxUnavailable.
        """
        if self.run.dropped:
            raise Dropped
        if self.executor is None:
            if min(self.left, self.spare) <= 0:
                raise Timeout(f"Not run: the {self.run.options.limit:g} s for this exercise were used up.")
            started = time.monotonic()
            self.executor = self.run.take_executor(self.exercise, self.left)
            self.left = self.executor.left
            self.spare += time.monotonic() - started  # on a cold disk, importing JAX takes longer than any check
        if not self._greeted:
            self._device = self.executor.device(self.exercise.precision)[1]
            self._protections = self.executor.protections
            self._greeted = True
        return self.executor

    @property
    def seconds_left(self) -> float:
        """How long the next check may take."""
        return max(self.left, 0.0) + max(self.spare, 1.0)

    def learner_module(self) -> Handle:
        """The learner's module. Raises StubReached for a file that is not
        there, Unloadable for one that cannot be executed.
        """
        executor = self.living_executor()
        if isinstance(self._module, ExecutionError):
            raise self._module
        if self._module is None:
            self._module = self._load(executor)
        return self._module

    def _load(self, executor: Executor) -> ModuleHandle:
        path = self.exercise.submitted(self.run.submission)
        if not path.is_file():
            executor.stub_reached = True
            raise StubReached("opening the file", "FileNotFoundError", f"there is no file {self.exercise.file}")
        try:
            text = python_files.with_constants(python_files.read_source(path), self.run.options.constants)
            source = python_files.blank(text, python_files.PYTORCH)
            return executor.open(str(path), source, self.exercise.stem)  # errors may have that name in their texts
        except python_files.NoText as error:
            self._loaded, self._module = False, Unloadable("loading the file", "UnicodeError", str(error))
            raise self._module from None
        except LearnerError as error:
            self._loaded, self._module = isinstance(error, StubReached), error
            raise
        except (Killed, Timeout):
            self._loaded = False
            raise

    def inside_module(self) -> CachedHandle:
        """Our functions beside the learner's."""
        executor = self.living_executor()
        if self._inside is None:
            path = self.exercise.inside
            self._inside = executor.open_ours(str(path), path.read_text("utf-8"))
        return self._inside

    @property
    def stub_reached(self) -> bool:
        return self.executor is not None and self.executor.stub_reached

    def record(self, check: report.Check, curves: list[report.Curve]) -> None:
        """After a check. One that ran out of time, or was killed, gives the
        executor up.
        """
        self.spare -= check.seconds
        if self.executor:
            self.spare += max(0.0, self.left - self.executor.left)  # it was the sandbox that took these
            self.left = self.executor.left
            self.executor.stub_reached = False
            if check.outcome in (report.Outcome.TIMEOUT, report.Outcome.KILLED):
                self.executor.close()
                self._printed += self.executor.printed
                self._refused = self.refused
                self.executor = self._module = self._inside = None
                self._greeted = False
        self.checks.append(check)
        self.curves += curves
        self.run.listener(self.exercise, check)

    @property
    def refused(self) -> list[str]:
        """The system calls that were refused to this exercise's executors."""
        return list(dict.fromkeys(self._refused + (self.executor.refused if self.executor else [])))

    def use(self, executor: Executor) -> None:
        """Run in this one."""
        self.executor = executor

    def finish(self) -> report.Exercise:
        """Return the executor to the pool; the exercise's result, without the
        names of mistakes.
        """
        if self.executor and not self.run.options.shared:
            self._printed += self.executor.printed
            self.run.pool.retire(self.executor)
        e, state = self.exercise, report.state_of(self.checks, self._loaded)
        printed = report.printable(self._printed)
        return report.Exercise(
            e.number,
            e.slug,
            e.title,
            state,
            [],
            self.checks,
            printed,
            self.curves,
            self._device,
            self._protections,
            self.refused,
        )


class GradingRun:
    """One submission: a folder laid out like `exercises/`, or one file. `last`
    is the exercise after which none comes.
    """

    def __init__(
        self,
        submission: Path,
        options: GradeOptions,
        pool: SandboxPool,
        listener: Listener = nobody,
        last: Exercise | None = None,
    ) -> None:
        self.submission, self.options, self.pool, self.listener, self.last = submission, options, pool, listener, last
        self.dropped = False
        self._exercises: dict[str, ExerciseRun] = {}

    def of(self, exercise: Exercise) -> ExerciseRun:
        if exercise.path not in self._exercises:
            self._exercises[exercise.path] = ExerciseRun(exercise, self)
        return self._exercises[exercise.path]

    def take_executor(self, exercise: Exercise, left: float) -> Executor:
        """An executor for an exercise. Raises SandboxUnavailable."""
        last = self.last is None or self.last == exercise
        executor = self.pool.take(exercise.path, self.options, left, exercise.devices, last)
        if self.options.confinement:
            try:  # no learner's code has run there yet: if it ends now, that is not their doing
                executor.device()
            except (Killed, LearnerError) as error:
                raise SandboxUnavailable(f"A process for a learner's code did not start: {error}") from None
        return executor

    def finish(self, exercise: Exercise) -> report.Exercise:
        """Leave an exercise; its result."""
        found = self.of(exercise).finish()
        del self._exercises[exercise.path]
        return found

    def drop(self, now: bool) -> None:
        """From another thread: no more questions; `now` ends the current
        one.
        """
        self.dropped = True
        for each in list(self._exercises.values()):
            if isinstance(each.executor, SubprocessSandbox):
                each.executor.drop(now)

    def close(self) -> None:
        """Leave all exercises."""
        for each in list(self._exercises.values()):
            self.finish(each.exercise)
