"""The nox sessions, without building the large environments: those are what
runs these tests.
"""

import os
import re
import shutil
import subprocess
import sys

import pytest

NOX = [sys.executable, "-m", "nox", "--non-interactive"]


@pytest.fixture
def nox(clone):
    """`nox(*arguments)` in a fresh clone; its exit code and all that it
    said.
    """

    def run(*arguments, **environment):
        env = os.environ | {"COLUMNS": "80", "NO_COLOR": "1", "OMP_NUM_THREADS": "1"} | environment
        env["PATH"] = os.pathsep.join([os.path.dirname(sys.executable), env["PATH"]])  # the python of --no-venv
        done = subprocess.run([*NOX, *arguments], cwd=clone, env=env, capture_output=True, text=True, timeout=300)
        return done.returncode, done.stdout + done.stderr

    return run


def test_the_list_is_a_table_of_contents(nox):
    code, words = nox("-l")
    assert code == 0
    listed = [line.split(" -> ") for line in words.splitlines() if " -> " in line]
    assert [name.strip("*- ") for name, _ in listed] == [
        "grade", "watch", "cohort", "board", "kata", "grade_gpu", "grade_tpu", "tests", "lint", "compat-3.12",
        "compat-3.13", "compat-3.14", "compat_lowest", "stubs", "docs", "bench",
        "hostile", "walls", "mutants", "record", "secrets", "mistakes",
    ]  # fmt: skip
    assert all(says.strip() for _, says in listed)
    assert words.count("\n* ") == 1  # only `grade` runs by default


def test_a_fresh_clone_grades_with_what_is_there(nox):
    code, words = nox("-s", "grade", "--no-venv")
    assert code == 0
    assert " exercises solved, 0 of " in words
    assert "Open exercises/ch01_parameters/ex01_define_mlp.py" in words
    assert "pip install" not in words


def test_arguments_reach_kata(nox):
    code, words = nox("-s", "grade", "--no-venv", "--", "ch01", "--submission", "solutions")
    assert code == 0
    assert "6 of 6 exercises solved" in words
    code, words = nox("-s", "grade", "--no-venv", "--", "no_such")
    assert code != 0
    assert "No exercise or chapter is called 'no_such'." in words


def test_a_cohort(nox, clone):
    """One learner, handed in as the chapters without `exercises/` around them;
    results go beside the folder.
    """
    shutil.copytree(clone / "solutions", clone.parent / "class" / "anna")
    code, words = nox("-s", "cohort", "--no-venv", "--", "../class", "--only", "1.1")
    assert code == 0 and "anna      1/1   " in words
    assert (clone.parent / "class-graded" / "cohort.html").exists()


@pytest.mark.parametrize(("session", "what"), [("grade_gpu", "an NVIDIA driver"), ("grade_tpu", "a TPU")])
def test_no_accelerator_stops_before_anything_is_installed(nox, session, what):
    if any(map(os.path.exists, ("/dev/nvidiactl", "/dev/dxg", "/dev/accel0", "/dev/vfio/0"))):
        pytest.skip("this machine has an accelerator")
    code, words = nox("-s", session, "--no-venv")
    assert code != 0
    assert f"Looked for {what}" in words and "and found none. `nox -s grade` grades on the CPU." in words
    assert "pip install" not in words and "exercises solved" not in words


def test_nothing_is_installed_twice(nox, clone):
    """The second run of a session reuses its environment as it is; so does -R.
    A change of requirements installs again.
    """
    project = clone / "pyproject.toml"
    project.write_text(re.sub(r"^lint = \[.*?^\]", 'lint = ["codespell"]', project.read_text(), flags=re.DOTALL | re.MULTILINE))
    lint = ("-s", "lint", "--install-only", "--default-venv-backend", "virtualenv")
    installs = [nox(*options, *lint)[1].count("pip install") for options in ([], [], ["-R"])]
    assert installs == [2, 0, 0]
    project.write_text(project.read_text() + "\n# changed\n")
    assert nox(*lint)[1].count("pip install") == 2
