"""What this machine has for the course, and the command that mends what is
missing.
"""

import importlib.metadata
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from flaxkata import __version__, catalog, wire
from flaxkata.judge import processes
from flaxkata.judge.errors import ExecutionError, SandboxUnavailable
from flaxkata.judge.subprocess_sandbox import SubprocessSandbox
from flaxkata.learner import course

ROOM = 500  # MB: what JAX compiles for all exercises, and room to work
OLDEST = {"jax": (0, 10, 2), "flax": (0, 12, 8), "torch": (2, 13), "numpy": (2, 0)}  # with which the course was tried


@dataclass(frozen=True)
class Found:
    """One thing that was looked at: whether it is right, what was seen, and how
    to mend it.
    """

    state: Literal["OK", "warn", "fail"]
    what: str
    mend: str = ""


def look(root: Path) -> list[Found]:
    """All that grading needs, and then what is good to know."""
    found = [_python(), *map(_library, OLDEST)]
    if all(one.state != "fail" for one in found):
        found += [*_sandbox(root), _accelerator()]
    return [*found, _exercises(root), _disk(root)]


def _python() -> Found:
    here = ".".join(map(str, sys.version_info[:3]))
    return Found("OK", f"Python {here}, flaxkata {__version__}")


def _library(name: str) -> Found:
    oldest, upgrade = ".".join(map(str, OLDEST[name])), f'{sys.executable} -m pip install --upgrade "{name}"'
    try:
        version = importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return Found("fail", f"{name} is not installed", upgrade)
    if tuple(int(part) for part in version.split(".")[:3] if part.isdigit()) < OLDEST[name]:
        return Found("fail", f"{name} {version}; the course needs {oldest} or newer", upgrade)
    return Found("OK", f"{name} {version}")


def _sandbox(root: Path) -> Iterator[Found]:
    """Whether JAX starts in a process of its own, and what could confine an
    answer there.
    """
    try:
        with tempfile.TemporaryDirectory() as scratch:
            sandbox = SubprocessSandbox(processes.start("cpu", root), 120, wire.Confinement(scratch))
            try:
                _, kind = sandbox.device()
            finally:
                sandbox.close()
    except (ExecutionError, SandboxUnavailable, OSError) as error:
        yield Found("fail", f"JAX does not start: {str(error)[:300]}", f'{sys.executable} -m pip install --upgrade "jax[cpu]"')
        return
    how = (
        "forked from one that has imported JAX"
        if processes.can_fork()
        else "started again for each exercise, which takes longer"
    )
    yield Found("OK", f"JAX runs on {kind}; its processes are {how}")
    walls = sandbox.protections
    if len(walls) < 3:
        words = "other people's answers (kata cohort) would run with these walls alone"
        yield Found(
            "warn", f"{words}: {', '.join(walls) or 'none'}", "on Linux 5.13 or newer there are all; or use a container"
        )
    else:
        yield Found("OK", f"around other people's answers (kata cohort): {', '.join(walls)}")


def _accelerator() -> Found:
    plugins = [
        d.name for d in importlib.metadata.distributions() if (d.name or "").startswith(("jax-cuda", "libtpu", "jax-rocm"))
    ]
    if plugins:
        return Found("OK", f"JAX can use an accelerator ({', '.join(sorted(plugins))}): kata grade --device gpu, or tpu")
    return Found("OK", "JAX on the CPU, which is all that the course needs")


def _exercises(root: Path) -> Found:
    if not (root / "exercises").is_dir():
        return Found("warn", f"no exercises in {Path.cwd()}", "kata init")
    laid = course.laid_version(root)
    if laid and laid != __version__:
        return Found("warn", f"the exercises in {root} are those of flaxkata {laid}", "kata update")
    return Found("OK", f"{len(catalog.exercises(root))} exercises in {root}")


def _disk(root: Path) -> Found:
    place = root
    while not place.is_dir():
        place = place.parent
    free = shutil.disk_usage(place).free // 2**20
    if not os.access(place, os.W_OK):
        return Found("warn", f"{place} cannot be written: nothing is kept, and each run takes longer", f"chmod u+w {place}")
    if free < ROOM:
        return Found(
            "warn",
            f"{free} MB are free in {place}; JAX keeps up to {ROOM} MB of compiled code",
            f"rm -r {place}/.kata/compiled",
        )
    return Found("OK", f"{free / 1024:.0f} GB are free in {place}")
