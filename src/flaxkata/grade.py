"""One submission's exercises through pytest, into plain data."""

import gc
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from flaxkata import catalog, nursery, remote, report
from flaxkata.compare import Comparison

if TYPE_CHECKING:
    from flaxkata.plugin import Judge


class GraderFailed(Exception):
    """pytest could not run the checks; the message is its output."""


@dataclass
class Graded:
    """What one exercise's checks gave; by the name of the check: its failed
    comparisons, and the functions it called.
    """

    exercise: catalog.Exercise
    checks: list[report.Check] = field(default_factory=list)
    traces: dict[str, list[Comparison]] = field(default_factory=dict)
    uses: dict[str, frozenset[str]] = field(default_factory=dict)
    curves: list[report.Curve] = field(default_factory=list)
    loaded: bool = True
    printed: str = ""
    device: str = ""
    walls: list[str] = field(default_factory=list)

    def result(self, mistakes: list[str]) -> report.Exercise:
        e = self.exercise
        state = report.state(self.checks, self.loaded)
        return report.Exercise(e.number, e.slug, e.title, state, mistakes, self.checks, self.printed, self.curves)


class Program:
    """A pytest plugin: what to run once the checks are collected, what it gave,
    and what could not be collected.
    """

    __name__ = "kata_program"  # pytest's name for it

    def __init__(self, program: Callable[["Judge"], Any]) -> None:
        self._program = program
        self.ran = False
        self.result: Any = None
        self.error: BaseException | None = None
        self.trouble: list[str] = []

    def run(self, judge: "Judge") -> None:
        self.ran = True
        try:
            self.result = self._program(judge)
        except BaseException as error:  # pytest would call a typer.Exit an internal error
            self.error = error

    def pytest_collectreport(self, report: Any) -> None:
        if report.failed:
            self.trouble.append(report.longreprtext)

    def pytest_internalerror(self, excrepr: Any) -> None:
        self.trouble.append(str(excrepr))


_open: "Judge | None" = None  # the judge of this process


def judging(exercises: list[catalog.Exercise], how: remote.How, program: Callable[["Judge"], Any]) -> Any:
    """What `program(judge)` gives, run inside a pytest session that has
    collected the checks of `exercises`.

    A judge that is open already in this process is used again. Raises
    GraderFailed when pytest cannot collect, KeyboardInterrupt, and whatever
    `program` raises.
    """
    global _open
    if _open is not None:
        return program(_open)
    if not how.here:
        nursery.start(how.device, exercises[0].root)  # imports JAX while PyTorch and pytest are imported here

    def opened(judge: "Judge") -> Any:
        global _open
        _open = judge
        gc.freeze()  # what is imported is not looked at again
        gc.enable()
        try:
            return program(judge)
        finally:
            _open = None

    inside = Program(opened)
    import pytest

    os.environ.pop("PYTEST_ADDOPTS", None)
    code = pytest.main(_arguments(exercises, how), plugins=[inside])
    if inside.error:
        raise inside.error
    if inside.trouble:  # before the code: one of these interrupts a session too
        raise GraderFailed("\n".join(inside.trouble))
    if code == pytest.ExitCode.INTERRUPTED:
        raise KeyboardInterrupt
    if not inside.ran:
        raise GraderFailed(f"pytest ended with code {code}")
    return inside.result


def run(
    judge: "Judge",
    exercises: list[catalog.Exercise],
    submission: Path,
    how: remote.How,
    progress: Callable[[str, report.Check], None] = lambda place, check: None,
    only: list[str] | None = None,
) -> list[Graded]:
    """Grade `exercises` of `submission`, a folder laid out like `exercises/` or
    a single file.

    `progress` is called after every check; `only` names the checks to run, for
    a single exercise.
    Raises NurseryGone or Dropped, never because of what a learner wrote.
    """
    graded = {e.place: Graded(e) for e in exercises}

    def add(place: str, check: report.Check, trace: list[Comparison], uses: frozenset[str], curves: list[report.Curve]) -> None:
        graded[place].checks.append(check)
        graded[place].curves += curves
        graded[place].traces[check.name], graded[place].uses[check.name] = trace, uses
        progress(place, check)

    def close(place: str, loaded: bool, printed: str, device: str, walls: list[str]) -> None:
        one = graded[place]
        one.loaded, one.printed, one.device, one.walls = loaded, printed, device, walls

    judge.run(list(graded), submission, how, SimpleNamespace(add=add, close=close), only)
    return list(graded.values())


def _arguments(exercises: list[catalog.Exercise], how: remote.How) -> list[str]:
    root = exercises[0].root
    # The kit's own settings and plugins, and nobody else's; -s: the terminal belongs to us. unraisableexception
    # collects garbage at the end of each run, which takes 0.1 s; logging takes 2 ms of a check's 10. pytest-check's
    # tracebacks take 4 ms for each check that fails, and nobody sees them.
    settings = ["-c", str(root / "pyproject.toml"), "--rootdir", str(root), "-oaddopts=", "-opythonpath="]
    plugins = [
        "pytest_check.plugin",
        "flaxkata.plugin",
        "no:cacheprovider",
        "no:unraisableexception",
        "no:terminal",
        "no:logging",
    ]
    settings += ["-s", "--check-max-tb=0", "--import-mode=importlib", "--disable-plugin-autoload"]
    settings += [f"-p{name}" for name in plugins]
    debugger = ["--here", "-pno:debugging"] if how.here else []
    return [*settings, "--device", how.device, *debugger, *(str(e.tests) for e in exercises)]
