"""One submission's exercises through pytest, into plain data."""

import contextlib
import io
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace

from flaxkata import catalog, remote, report
from flaxkata.compare import Comparison, Curve


class GraderFailed(Exception):
    """pytest could not run the checks; the message is its output."""


@dataclass
class Graded:
    """What one exercise's checks gave; by the name of the check: its failed comparisons, and the functions it called."""

    exercise: catalog.Exercise
    checks: list[report.Check] = field(default_factory=list)
    traces: dict[str, list[Comparison]] = field(default_factory=dict)
    uses: dict[str, frozenset[str]] = field(default_factory=dict)
    curves: list[Curve] = field(default_factory=list)
    loaded: bool = True
    printed: str = ""
    device: str = ""

    def result(self, mistakes: list[str]) -> report.Exercise:
        e = self.exercise
        state = report.state(self.checks, self.loaded)
        return report.Exercise(e.number, e.slug, e.title, state, mistakes, self.checks, self.printed, self.curves)


@dataclass(frozen=True)
class How:
    """The settings of a run."""

    device: str = "cpu"
    limit: float = remote.LIMIT
    here: bool = False
    one_room: bool = False  # for mistakes: files of ours share a sandbox


def run(
    exercises: list[catalog.Exercise],
    submission: Path,
    how: How,
    progress: Callable[[str, report.Check], None] = lambda place, check: None,
    only: list[str] | None = None,
) -> list[Graded]:
    """Grade `exercises` of `submission`, a folder laid out like `exercises/` or a single file.

    `progress` is called after every check; `only` names the checks to run, for a single exercise.
    Raises GraderFailed, never because of what a learner wrote.
    """
    graded = {e.place: Graded(e) for e in exercises}

    def add(place: str, check: report.Check, trace: list[Comparison], uses: frozenset[str], curves: list[Curve]) -> None:
        graded[place].checks.append(check)
        graded[place].curves += curves
        graded[place].traces[check.name], graded[place].uses[check.name] = trace, uses
        progress(place, check)

    def close(place: str, loaded: bool, printed: str, device: str) -> None:
        graded[place].loaded, graded[place].printed, graded[place].device = loaded, printed, device

    if not how.here:
        remote.start_nursery(how.device)  # imports JAX while PyTorch and pytest are imported here
    sink = SimpleNamespace(__name__="kata_sink", add=add, close=close)
    code, output = _pytest(_arguments(exercises, submission, how, only), sink, how)
    if code in (2, 3) and "KeyboardInterrupt" in output:
        raise KeyboardInterrupt
    if code not in (0, 1) or not all(g.checks for g in graded.values()):
        raise GraderFailed(output.strip() or f"pytest ended with code {code}")
    return list(graded.values())


def _arguments(exercises: list[catalog.Exercise], submission: Path, how: How, only: list[str] | None) -> list[str]:
    root = exercises[0].root
    # The kit's own settings and plugins, and nobody else's; -s: the terminal belongs to us. unraisableexception
    # collects garbage at the end of each run, which takes 0.1 s of 0.25 for a mistake of 1.4.
    settings = ["-c", str(root / "pyproject.toml"), "--rootdir", str(root), "-oaddopts=", "-opythonpath="]
    plugins = ["pytest_check.plugin", "flaxkata.plugin", "no:cacheprovider", "no:unraisableexception"]
    settings += ["-s", "--import-mode=importlib", "--disable-plugin-autoload", *(f"-p{name}" for name in plugins)]
    options = ["--submission", str(submission), "--limit", str(how.limit), "--device", how.device]
    options += ["--one-room"] * how.one_room
    debugger = ["--here", "-pno:terminal", "-pno:debugging"] if how.here else []
    tests = [f"{exercises[0].tests}::{name}" for name in only] if only else [str(e.tests) for e in exercises]
    return [*settings, *options, *debugger, *tests]


def _pytest(arguments: list[str], sink: SimpleNamespace, how: How) -> tuple[int, str]:
    import pytest

    os.environ.pop("PYTEST_ADDOPTS", None)
    output = io.StringIO()
    with contextlib.nullcontext() if how.here else contextlib.redirect_stdout(output):
        code = pytest.main(arguments, plugins=[sink])
    sys.stdout.flush()
    return int(code), output.getvalue()
