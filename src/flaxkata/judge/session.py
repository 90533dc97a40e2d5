"""A pytest session that has collected the graded checks, and runs them as often
as it is asked to.

No learner's code is ever loaded in it, so it can serve every run.
"""

import gc
import os
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

import pytest

from flaxkata import catalog, report
from flaxkata.exercise import Exercise
from flaxkata.judge import processes, pytest_private
from flaxkata.judge.errors import Dropped, GraderFailed, SandboxUnavailable
from flaxkata.judge.options import GradeOptions
from flaxkata.judge.pool import SandboxPool
from flaxkata.judge.run import GradingRun, Listener, nobody

T = TypeVar("T")

PLUGINS = ("pytest_check.plugin", "flaxkata.judge.plugin")
# unraisableexception collects garbage at the end of each run, which takes 0.1 s; logging takes 2 ms of a check's 10.
WITHOUT = ("cacheprovider", "unraisableexception", "terminal", "logging")


@dataclass
class SessionState:
    """What a pytest session of graded checks holds: its sandboxes, and the run
    that is going on. `plain` is false once a GradingSession says what is run.
    """

    root: Path
    pool: SandboxPool
    run: GradingRun
    plain: bool = True

    def close(self) -> None:
        self.run.close()
        self.pool.close()


STATE = pytest.StashKey[SessionState]()


class GradingSession:
    """Runs the graded checks that a pytest session has collected. Only `drop`
    may be called from another thread.
    """

    def __init__(self, session: pytest.Session) -> None:
        self._session = session
        self._state = session.config.stash[STATE]
        self._state.plain = False
        self._items: dict[str, list[pytest.Item]] = {}
        self._dropped = False
        for item in session.items:
            if exercise := catalog.of_tests(self._state.root, item.path):
                self._items.setdefault(exercise.path, []).append(item)

    def checks(self, exercise: Exercise) -> list[str]:
        """The names of an exercise's checks."""
        return [item.name for item in self._items[exercise.path]]

    def run(
        self,
        exercises: list[Exercise],
        submission: Path,
        options: GradeOptions,
        listener: Listener = nobody,
        only: list[str] | None = None,
    ) -> list[report.Exercise]:
        """Run the checks of exercises on a submission; their results, without
        the names of mistakes. `only` names the checks to run. Raises
        SandboxUnavailable, and Dropped after `drop`, never because of what a
        learner wrote.
        """
        return self._execute(GradingRun(submission, options, self._state.pool, listener, exercises[-1]), exercises, only)

    def warm(self, exercise: Exercise, options: GradeOptions, files: list[Path], seconds: float) -> None:
        """Keep a sandbox ready in which `files` of ours have run: what they
        call is traced and compiled then.

        Begins with the one that is ready, and no other file after `seconds`.
        Raises Dropped; what was done is kept.
        """
        pool, end = self._state.pool, time.monotonic() + seconds
        sandbox = pool.fresh(exercise.path, options, options.limit, exercise.devices)
        try:
            for file in files:
                if not sandbox.alive or time.monotonic() > end:
                    break
                run = GradingRun(file, replace(options, shared=True), pool, last=exercise)
                run.of(exercise).use(sandbox)
                self._execute(run, [exercise], None)
        finally:
            if sandbox.alive:
                pool.keep_warm(exercise.path, options, sandbox)

    def sweep(self) -> None:
        """End the sandboxes of earlier runs."""
        self._state.pool.sweep()

    def _execute(self, run: GradingRun, exercises: list[Exercise], only: list[str] | None) -> list[report.Exercise]:
        self._state.run = run
        try:
            results = []
            for exercise in exercises:
                for item in self._items[exercise.path]:
                    if only is None or item.name in only:
                        self._check(item)
                results.append(run.finish(exercise))
            self._raise_if_dropped()
            return results
        except pytest.exit.Exception as error:
            pytest_private.tear_down(self._session)
            raise SandboxUnavailable(str(error)) from None
        finally:
            run.close()

    def _check(self, item: pytest.Item) -> None:
        self._raise_if_dropped()
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=None)  # a drop must leave nothing set up

    def _raise_if_dropped(self) -> None:
        if self._dropped:
            raise Dropped

    def drop(self, now: bool = True) -> None:
        """Give up what is run, until `resume`; `now` ends a question that is
        being answered, and its sandbox.
        """
        self._dropped = True
        self._state.run.drop(now)

    def resume(self) -> None:
        """Run again, after a `drop`."""
        self._dropped = False


class _Program:
    """A pytest plugin: once the checks are collected, it says what is run; and
    it collects what could not be collected.
    """

    def __init__(self, program: Callable[[GradingSession], Any]) -> None:
        self._program = program
        self.ran = False
        self.result: Any = None
        self.error: BaseException | None = None
        self.trouble: list[str] = []

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool | None:
        if session.testsfailed:
            return None
        self.ran = True
        gc.freeze()  # what is imported is not looked at again, and the rest seldom
        gc.set_threshold(50_000, 20)
        gc.enable()
        try:
            self.result = self._program(GradingSession(session))
        except BaseException as error:  # pytest would call a typer.Exit an internal error
            self.error = error
        return True

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            self.trouble.append(report.longreprtext)

    def pytest_internalerror(self, excrepr: object) -> None:
        self.trouble.append(str(excrepr))


def open_session(exercises: list[Exercise], options: GradeOptions, program: Callable[[GradingSession], T]) -> T:
    """What `program(session)` returns, run inside a pytest session that has
    collected the checks of `exercises`.

    Raises GraderFailed when pytest cannot collect, KeyboardInterrupt, and
    whatever `program` raises.
    """
    root = exercises[0].root
    if not options.here:
        processes.start(options.device, root)  # imports JAX while PyTorch and pytest are imported here
    inside = _Program(program)
    os.environ.pop("PYTEST_ADDOPTS", None)
    code = pytest.main(_arguments(exercises, options), plugins=[inside])
    if inside.error:
        raise inside.error
    if inside.trouble:  # before the code: one of these interrupts a session too
        raise GraderFailed("\n".join(inside.trouble))
    if code == pytest.ExitCode.INTERRUPTED:
        raise KeyboardInterrupt
    if not inside.ran:
        raise GraderFailed(f"pytest ended with code {code}")
    return inside.result


def _arguments(exercises: list[Exercise], options: GradeOptions) -> list[str]:
    root = exercises[0].root
    ini = Path(__file__).with_name("pytest.ini")
    # The kit's own settings and plugins, and nobody else's; -s: the terminal belongs to us. pytest-check's tracebacks
    # take 4 ms for each check that fails, and nobody sees them.
    settings = ["-c", str(ini), "--rootdir", str(root), "-oaddopts=", "-opythonpath="]
    settings += ["-s", "--check-max-tb=0", "--import-mode=importlib", "--disable-plugin-autoload"]
    settings += [*(f"-p{name}" for name in PLUGINS), *(f"-pno:{name}" for name in WITHOUT)]
    debugger = ["--here", "-pno:debugging"] if options.here else []
    return [*settings, "--device", options.device, *debugger, *(str(e.tests) for e in exercises)]
