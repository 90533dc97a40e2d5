"""Leaves out what passed before and depends on nothing that has changed since:
a contributor waits for what they changed.

Only where all is run. The tests of an exercise's files depend on these files
and on the code; those of the doors (commands, watch mode, cohorts, ...) on the
code. What `recorded.py` has run before is left out, but for a few answers of
each exercise. CONTRIBUTING.md says what to remove to run all; KATA_EVERY=1 does
so too.
"""

import functools
import os
from collections import defaultdict
from importlib.metadata import distributions
from pathlib import Path

import fresh
import pytest
import recorded

from flaxkata import files
from flaxkata.judge.store import digest

FILE = fresh.ROOT / ".kata" / "tests.json"
ALL = (["tests/kit"], [f"tests/kit/{recorded.TREES}"])  # what `nox -s tests` passes to pytest
ALWAYS = ("test_texts.py", "test_mutants.py", recorded.TREES)  # what these show depends on everything
DOORS = ("src/**/*", "tests/kit/*", "tests/kit/attacks/**/*", "noxfile.py", "pyproject.toml")


@functools.cache
def _doors() -> list[Path]:
    found = [path for pattern in DOORS for path in fresh.ROOT.glob(pattern)]
    return sorted(p for p in found if p.is_file() and "__pycache__" not in p.parts and p != recorded.FILE)


@functools.cache
def _digest(path: Path) -> str:
    return f"{os.path.relpath(path, fresh.ROOT)} {digest(path.read_bytes().hex())}"


@functools.cache
def _installed() -> list[str]:
    return sorted(f"{d.name} {d.version}" for d in distributions())


def conditions(group: str) -> str:
    """The digest of what decides whether a group's tests pass."""
    found = recorded.depends_on(group)
    # Only measured claims do not pass through a door.
    decides = found if recorded.is_claims(group) else dict.fromkeys([*_doors(), *found])
    return digest(*_installed(), *map(_digest, decides))


def all_is_run(config: pytest.Config) -> bool:
    """Whether what passed before may be left out."""
    return config.args in ALL and not config.option.keyword and "KATA_EVERY" not in os.environ


class PassedBefore:
    """A pytest plugin; with pytest-xdist, in the process that hands the tests
    out and in those that run them.
    """

    def __init__(self, is_worker: bool) -> None:
        self._is_worker = is_worker
        self._ran: dict[str, set[str]] = defaultdict(set)
        self._failed: dict[str, set[str]] = defaultdict(set)
        self._kept = files.read_json(FILE)  # by group: the conditions, and the names that passed under them
        self._conditions = functools.cache(conditions)

    def _passed(self, group: str) -> set[str]:
        known = self._kept.get(group, {})
        return set(known["passed"]) if known.get("conditions") == self._conditions(group) else set()

    def pytest_ignore_collect(self, collection_path: Path, config: pytest.Config) -> bool | None:
        """Do not even import measured claims: they bring all libraries in."""
        name = collection_path.name
        return (all_is_run(config) and recorded.is_claims(name) and recorded.is_recorded(name)) or None

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, config: pytest.Config, items: list[pytest.Item]) -> None:
        """Leave out what has not changed, where all is run."""
        if not all_is_run(config):
            return
        groups = {item: recorded.group(item.path.name, item.name) for item in items}
        passed = {each: self._passed(each) for each in set(groups.values()) if each not in ALWAYS}
        known = {item for item in items if item.get_closest_marker("recorded") and recorded.is_recorded(groups[item])}
        out = known | {item for item, each in groups.items() if item.name in passed.get(each, ())}
        config.hook.pytest_deselected(items=list(out))
        items[:] = [item for item in items if item not in out]

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note how a test, or a part of it, ended."""
        path, _, name = report.nodeid.partition("::")
        each = recorded.group(Path(path).name, name)
        self._ran[each].add(name)
        if not report.passed:
            self._failed[each].add(name)

    def pytest_sessionfinish(self) -> None:
        """Keep what passed."""
        if self._is_worker:
            return
        ran = {
            each: {"conditions": self._conditions(each), "passed": sorted((self._passed(each) | names) - self._failed[each])}
            for each, names in self._ran.items()
        }
        files.update_json(FILE, lambda kept: kept | ran)
