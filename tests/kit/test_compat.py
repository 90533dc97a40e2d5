"""The kit with other libraries than those of its tests: what is promised, and
what it takes from private parts. `nox -s compat-3.13` grades everything.
"""

import ast
import json
import os
import shutil
import subprocess
import sys
import tomllib

import fresh
import private_names
import pytest
from packaging.requirements import Requirement
from packaging.version import Version

from flaxkata.learner import doctor

PROJECT = tomllib.loads((fresh.ROOT / "pyproject.toml").read_text("utf-8"))
PROMISED = {r.name: r for r in map(Requirement, PROJECT["project"]["dependencies"])}
SOLVED = ("ch06_transforms/ex05_debugging.py", "ch09_sharding/ex01_data_parallel.py")  # NaNs are looked for; four devices
MISTAKE = ("ch01_parameters/ex04_set_bias.py", "in_place")


@pytest.fixture(scope="module")
def without(tmp_path_factory):
    """The PYTHONPATH of libraries without the private names."""
    return private_names.rename(tmp_path_factory.mktemp("libraries"))


@pytest.fixture
def submission(tmp_path):
    """Two right answers and a mistake."""
    exercise, slug = MISTAKE
    mistake = fresh.ROOT / "tests/mistakes" / exercise.removesuffix(".py") / f"{slug}.py"
    for name, source in [*((name, fresh.ROOT / "solutions" / name) for name in SOLVED), (exercise, mistake)]:
        place = tmp_path / "answers" / name
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(source, place)
    return tmp_path / "answers"


def test_the_names_are_gone(without):
    """From the copies, and from none that is installed."""
    program = "import json, private_names as p; print(json.dumps({f: p.missing(f) for f in p.FILES}))"
    for path, gone in ((without, private_names.names), (os.environ.get("PYTHONPATH", ""), lambda package: [])):
        env = os.environ | {"PYTHONPATH": os.pathsep.join([path, str(fresh.ROOT / "tests/kit")])}
        said = subprocess.run([sys.executable, "-c", program], env=env, capture_output=True, text=True, check=True).stdout
        assert json.loads(said) == {package: gone(package) for package in private_names.FILES}
    assert {"_why_alive", "get_file_cache"} < set(private_names.names("jax"))


@pytest.mark.parametrize("here", [[], ["--here"]], ids=["sandbox", "here"])
def test_all_grades_without_private_names(cold, clone, without, submission, here):
    """As with them, but for time: what is right, what is wrong, and its
    name.
    """
    (clone / ".kata" / "fingerprints").unlink()  # so that mistakes are run without them too
    said = cold("grade", "1.4", "6.5", "9.1", "--submission", submission, *here, cwd=clone, PYTHONPATH=without)
    assert said.returncode == 1, said.stderr
    assert "2 of 3 exercises solved" in said.stdout
    assert f"This is a known mistake: {MISTAKE[1]}" in said.stdout


@pytest.mark.skipif("KATA_EVERY" not in os.environ, reason="an hour or so; KATA_EVERY=1 runs it")
def test_every_file_grades_without_private_names():
    done = subprocess.run([sys.executable, "tests/kit/compat.py", "--without-private"], cwd=fresh.ROOT, check=False)
    assert done.returncode == 0


def test_only_these_files_reach_into_private_parts():
    """And say for each function what is lost without it."""
    trees = {path: ast.parse(path.read_text("utf-8")) for path in private_names.SOURCE.rglob("*.py")}
    ours = {name for tree in trees.values() for node in ast.walk(tree) for name in defined(node)} | {"_exit"}
    reaching = {path for path, tree in trees.items() if any(reaches(node, ours) for node in ast.walk(tree))}
    assert reaching == set(private_names.FILES.values())
    functions = [node for path in reaching for node in trees[path].body if isinstance(node, ast.FunctionDef)]
    assert all("Lost without it: " in ast.get_docstring(function) for function in functions)


def defined(node):
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        yield node.name
    if isinstance(node, ast.Attribute) and is_self(node.value):
        yield node.attr


def reaches(node, ours):
    """Whether a node takes a private module, or a private attribute that is not
    our own.
    """
    if isinstance(node, ast.ImportFrom) and node.module != "__future__":
        return any(part.startswith("_") for part in (node.module or "").split("."))
    return (
        isinstance(node, ast.Attribute) and node.attr.startswith("_") and not node.attr.endswith("__") and node.attr not in ours
    )


def is_self(node):
    return isinstance(node, ast.Name) and node.id == "self"


def test_doctor_asks_for_what_is_promised():
    """Of the libraries that compute."""
    for name, oldest in doctor.OLDEST.items():
        assert str(PROMISED[name].specifier) == f">={'.'.join(map(str, oldest))}"


def test_both_sets_keep_the_promise():
    """One for Python 3.11, one for later ones."""
    sets = {python: dict(pinned("kata", python)) for python in ("3.11", "3.12", "3.14")}
    assert sets["3.12"] == sets["3.14"] != sets["3.11"]
    for versions in sets.values():
        assert versions.keys() == PROMISED.keys() | {"jaxlib"}
        assert all(requirement.specifier.contains(versions[name]) for name, requirement in PROMISED.items())
    newer = {name for name in PROMISED if sets["3.11"][name] != sets["3.12"][name]}
    assert all(Version(sets["3.11"][name]) < Version(sets["3.12"][name]) for name in newer)


def pinned(group, python):
    """The name and version of each requirement of a group that holds for a
    Python.
    """
    for line in PROJECT["dependency-groups"][group]:
        if isinstance(line, dict):
            yield from pinned(line["include-group"], python)
        elif (found := Requirement(line)).marker is None or found.marker.evaluate({"python_version": python}):
            yield found.name, next(iter(found.specifier)).version
