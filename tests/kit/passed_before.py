"""Leaves out what passed before and depends on nothing that has changed since:
a contributor waits for what they changed.

Only where all of `tests/kit` is run. The files of the trees are kept one by
one, as a learner's are; here it is about the doors (commands, watch mode,
cohorts, ...), which depend on the code, and about the texts' claims on
libraries, which depend on the texts. `rm -r .kata` forgets all of it,
KATA_EVERY=1 runs everything.
"""

import functools
import json
import os
import re
from collections import defaultdict
from importlib.metadata import distributions
from pathlib import Path

import fresh
import pytest

from flaxkata import files
from flaxkata.judge.store import digest

FILE = fresh.ROOT / ".kata" / "tests.json"
ALWAYS = ("test_exercises.py", "test_texts.py")  # what these show depends on everything
DOORS = ("src/**/*", "tests/kit/**/*", "noxfile.py", "pyproject.toml")


def depends_on(module: str) -> list[Path]:
    """The files that decide whether the tests of a module pass."""
    if chapter := re.match(r"test_texts_(ch\d\d)", module):
        return [*sorted(fresh.ROOT.glob(f"solutions/{chapter[1]}*/*.py")), fresh.ROOT / "tests/kit" / module]
    return _doors()


@functools.cache
def _doors() -> list[Path]:
    found = [path for pattern in DOORS for path in fresh.ROOT.glob(pattern)]
    return sorted(p for p in found if p.is_file() and "__pycache__" not in p.parts)


@functools.cache
def _digest(path: Path) -> str:
    return f"{path.relative_to(fresh.ROOT)} {digest(path.read_bytes().hex())}"


@functools.cache
def _installed() -> list[str]:
    return sorted(f"{d.name} {d.version}" for d in distributions())


def conditions(module: str) -> str:
    """The digest of those files and of what is installed."""
    return digest(*_installed(), *map(_digest, depends_on(module)))


class PassedBefore:
    """A pytest plugin; with pytest-xdist, in the process that hands the tests
    out and in those that run them.
    """

    def __init__(self, is_worker: bool) -> None:
        self._is_worker = is_worker
        self._ran: dict[str, set[str]] = defaultdict(set)
        self._failed: dict[str, set[str]] = defaultdict(set)
        # By module: the conditions, and the names that passed under them.
        kept = files.read_json(FILE)
        modules = [path.name for path in Path(__file__).parent.glob("test_*.py")]
        self._known = {module: self._passed(module, kept.get(module, {})) for module in modules}

    def _passed(self, module: str, known: dict) -> dict:
        now = conditions(module)
        return known if known.get("conditions") == now else {"conditions": now, "passed": []}

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, config: pytest.Config, items: list[pytest.Item]) -> None:
        """Leave out what has not changed, where all is run."""
        if config.args != ["tests/kit"] or config.option.keyword or "KATA_EVERY" in os.environ:
            return
        passed = {i for i in items if i.path.name not in ALWAYS and i.name in self._known[i.path.name]["passed"]}
        config.hook.pytest_deselected(items=list(passed))
        items[:] = [item for item in items if item not in passed]

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note how a test, or a part of it, ended."""
        path, _, name = report.nodeid.partition("::")
        self._ran[Path(path).name].add(name)
        if not report.passed:
            self._failed[Path(path).name].add(name)

    def pytest_sessionfinish(self) -> None:
        """Keep what passed."""
        if self._is_worker:
            return
        for module, known in self._known.items():
            known["passed"] = sorted((set(known["passed"]) | self._ran[module]) - self._failed[module])
        files.write_if_possible(FILE, json.dumps(self._known))
