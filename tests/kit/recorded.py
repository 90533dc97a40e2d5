"""Runs what need not be run again until it changes, and writes down that it
passed.

    python tests/kit/recorded.py           what has changed
    python tests/kit/recorded.py ch04 4.7  of these chapters and exercises

Three kinds: what a chapter's texts claim of the libraries, which nothing of
ours decides; the answers in an exercise's trees, whose verdicts its files, the
grader and the libraries decide; and right answers to all exercises in a cohort.
`recorded.json` has the digest of what decides. `nox -s tests` runs a part of
what is recorded there, and all of the rest. With KATA_EVERY=1, all.
"""

import functools
import json
import os
import re
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import fresh

from flaxkata import catalog, files
from flaxkata.judge import store

FILE = Path(__file__).with_name("recorded.json")  # by the libraries and a group of tests, its digest
WRITING = threading.Lock()
CLAIMS = re.compile(r"test_texts_(ch\d\d)\w*\.py")
TREES, COHORT = "test_exercises.py", "test_cohort_right_answers.py"
OF_AN_EXERCISE = ("exercises/{}.py", "solutions/{}.py", "tests/*/{}/**/*.py", "tests/kit/*/{}/*.py", "tests/ways/{}.json")
GRADES = ("conftest.py", "judge.py", "wordings.py", TREES)  # what grades the trees, beside the grader
RIGHT = ("solutions/*/*.py", "tests/alternatives/**/*.py", "tests/ch*/*.py", "src/flaxkata/instructor/**/*.py")


def is_claims(module: str) -> bool:
    """Whether a module measures claims."""
    return CLAIMS.fullmatch(module) is not None


def group(module: str, name: str) -> str:
    """What a test's result is kept under: the exercise whose files it is about,
    or its module.
    """
    number = re.search(r"\[(\d+\.\d+)[-_]", name) if module == TREES else None
    return number[1] if number else module


def depends_on(group: str) -> list[Path]:
    """The files that decide whether a group's tests pass; none where it is of
    no such kind.
    """
    if group == COHORT:
        right = [path for pattern in RIGHT for path in fresh.ROOT.glob(pattern)]
        return [*store.sources(), *map(FILE.with_name, (group, "test_cohort.py", "conftest.py")), *sorted(right)]
    if found := CLAIMS.fullmatch(group):
        return [FILE.with_name(group), *sorted(fresh.ROOT.glob(f"solutions/{found[1]}*/*.py"))]
    if not re.fullmatch(r"\d+\.\d+", group):
        return []
    (exercise,) = catalog.select(fresh.ROOT, [group])
    own = {path for pattern in OF_AN_EXERCISE for path in fresh.ROOT.glob(pattern.format(exercise.path))}
    graded = [path for path in (exercise.tests, exercise.inside) if path.exists()]
    return [*store.sources(), *map(FILE.with_name, GRADES), *graded, *sorted(own)]


@functools.cache
def is_recorded(group: str) -> bool:
    """Whether a group's tests passed with what decides it as it is."""
    if "KATA_EVERY" in os.environ or not depends_on(group):
        return False
    return files.read_json(FILE).get(_libraries(), {}).get(group) == _digest(group)


def _digest(group: str) -> str:
    return store.digest(*map(_content, depends_on(group)))[:16]


@functools.cache
def _content(path: Path) -> str:
    return f"{path.name}\n{path.read_text('utf-8')}"


def _libraries() -> str:
    versions = {"Python": f"{sys.version_info.major}.{sys.version_info.minor}"} | store.libraries()
    return ", ".join(f"{name} {number}" for name, number in versions.items())


def record(groups: list[str], *tests: str) -> bool:
    """Whether all tests of groups pass; then that is written down."""
    digests = {group: _digest(group) for group in groups}
    done = subprocess.run([sys.executable, "-m", "pytest", "-q", *tests], cwd=fresh.ROOT, capture_output=True, text=True)
    passed = done.returncode == 0
    print(f"{', '.join(groups)}: {done.stdout.strip().splitlines()[-1]}" if passed else done.stdout + done.stderr, flush=True)
    if passed:
        with WRITING:
            known = files.read_json(FILE)
            ours = known.get(_libraries(), {}) | digests
            known[_libraries()] = dict(sorted(ours.items()))
            files.write(FILE, json.dumps(known, indent=1) + "\n")
    return passed


def record_modules(modules: list[str]) -> bool:
    """Each in a process of its own, on all cores."""
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return all([*pool.map(lambda module: record([module], f"tests/kit/{module}"), modules)])


def record_trees(numbers: list[str]) -> bool:
    """All in one process, which grades on two cores."""
    own = " or ".join(f"[{number}{end}" for number in numbers for end in "-_")
    return not numbers or record(numbers, f"tests/kit/{TREES}", "-k", own)


def main(chosen: list[str]) -> int:
    """Record what is not; whether something does not pass."""
    claims = sorted(path.name for path in fresh.ROOT.glob("tests/kit/test_texts_ch*.py"))
    modules = [name for name in claims if not chosen or CLAIMS.fullmatch(name)[1] in chosen]
    trees = [e.number for e in catalog.exercises(fresh.ROOT) if not chosen or e.number in chosen or e.path[:4] in chosen]
    if not chosen:
        modules.append(COHORT)
    passed = record_modules([m for m in modules if not is_recorded(m)]), record_trees([t for t in trees if not is_recorded(t)])
    return int(not all(passed))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
