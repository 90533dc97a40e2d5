"""The wheel, in an environment outside of the repository: what a person does
after `pip install flaxkata`.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import venv
import zipfile
from importlib.metadata import distribution, distributions

import fresh
import pexpect
import pytest
from kernels import Kernel, cell

from flaxkata import __version__, catalog

BIN = "Scripts" if sys.platform == "win32" else "bin"
FIRST, SECOND, THIRD = (f"ch01_parameters/{name}.py" for name in ("ex01_define_mlp", "ex02_blueprint", "ex03_forward"))
LAST = "ch10_capstones/ex08_your_own_port.py"


def build(kit, out, kind):
    """The wheel or sdist of a clone."""
    command = [sys.executable, "-m", "hatchling", "build", "--target", kind, "--directory", str(out)]
    done = subprocess.run(command, cwd=kit, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return next(out.glob("*.whl" if kind == "wheel" else "*.tar.gz"))


@pytest.fixture(scope="session")
def wheels(tmp_path_factory):
    """This version's, and an earlier one's: with another text of some
    exercises, without one, and with one that is no more.
    """
    new, old = (fresh.clone(tmp_path_factory.mktemp("clones") / name) for name in ("new", "old"))
    package = old / "src" / "flaxkata" / "__init__.py"
    package.write_text(re.sub(r'__version__ = ".*"', '__version__ = "0.0.9"', package.read_text()))
    for file in (FIRST, SECOND, THIRD):
        solution = old / "solutions" / file
        solution.write_text(solution.read_text().replace('"""\n\n# --- PyTorch', '\nAs it was then.\n"""\n\n# --- PyTorch', 1))
    gone = old / "solutions" / LAST
    gone.rename(gone.with_name("ex09_of_that_time.py"))
    tests = old / "tests" / "ch10_capstones"
    (tests / "test_ex08_your_own_port.py").rename(tests / "test_ex09_of_that_time.py")
    out = tmp_path_factory.mktemp("wheels")
    return build(new, out / "new", "wheel"), build(old, out / "old", "wheel")


@pytest.fixture(scope="session")
def environment(wheels, tmp_path_factory):
    """An environment into which pip has put the wheel and what it requires, in
    the versions at hand. PyTorch alone is linked from the environment that runs
    the tests: PyPI's has several GB.
    """
    place = tmp_path_factory.mktemp("environment")
    venv.create(place, with_pip=False)
    link("torch", next(place.glob("Lib/site-packages" if BIN == "Scripts" else "lib/*/site-packages")))
    versions = place / "versions.txt"
    versions.write_text("\n".join(f"{d.name}=={d.version}" for d in distributions() if d.name != "flaxkata"))
    install(place, f"{wheels[0]}[notebook]", "--constraint", versions)
    return place


def link(name, libraries):
    """Have a distribution of this environment in another's site-packages."""
    for file in distribution(name).files:
        if ".." not in file.parts:  # as a script, which lies elsewhere
            place = libraries / file
            place.parent.mkdir(parents=True, exist_ok=True)
            try:
                os.link(file.locate(), place)
            except OSError:  # between two disks
                shutil.copy(file.locate(), place)


def install(place, *what):
    pip = [sys.executable, "-m", "pip", "--python", place, "install", "--quiet", "--no-compile"]
    done = subprocess.run([str(each) for each in (*pip, *what)], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def replace(place, wheel):
    install(place, "--no-deps", "--no-index", "--force-reinstall", wheel)


@pytest.fixture
def kata(environment, tmp_path):
    """`kata(*arguments)` of the wheel in a folder of the test's own, and
    `kata.python`.
    """

    def run(*arguments, cwd=tmp_path, program="kata"):
        command = [environment / BIN / program, *map(str, arguments)]
        return subprocess.run(command, cwd=cwd, env=variables(), capture_output=True, text=True, stdin=subprocess.DEVNULL)

    run.command = str(environment / BIN / "kata")
    return run


def variables():
    outside = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "NOX_CURRENT_SESSION")}
    return outside | {"OMP_NUM_THREADS": "1", "COLUMNS": "80", "NO_COLOR": "1"}


def test_what_is_in_the_wheel_and_the_sdist(wheels, tmp_path):
    """The course, and neither tests of the kit nor right answers written in
    another way; some megabytes.
    """
    with zipfile.ZipFile(wheels[0]) as wheel:
        names = wheel.namelist()
    course = {"/".join(name.split("/")[2:4]) for name in names if name.startswith("flaxkata/course/")}
    assert {name.split("/")[0] for name in course} == {"exercises", "solutions", "tests"}
    assert not course & {"tests/kit", "tests/alternatives"} and {"tests/mistakes", "tests/ways"} <= course
    kept = [path.relative_to(fresh.ROOT).as_posix() for path in (fresh.ROOT / "solutions").rglob("*.py")]
    assert {f"flaxkata/course/{path}" for path in kept} <= set(names)
    assert all(name.startswith(("flaxkata/", "flaxkata-")) and not name.endswith(".pyc") for name in names)
    assert wheels[0].stat().st_size < 6_000_000
    sdist = build(fresh.clone(tmp_path / "kit"), tmp_path, "sdist")
    with tarfile.open(sdist) as archive:
        tops = {name.split("/")[1] for name in archive.getnames() if name.count("/")}
    assert {"exercises", "solutions", "src", "tests", "pyproject.toml", "README.md", "LICENSE"} <= tops
    assert sdist.stat().st_size < 6_000_000


def test_workflows():
    """Those of this repository are what GitHub's schema allows."""
    files = sorted((fresh.ROOT / ".github/workflows").glob("*.yml"))
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.github-workflows", *map(str, files)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert len(files) == 2 and done.returncode == 0, done.stdout


def test_the_changelog_has_this_version():
    """Or what will be in the next one."""
    text = (fresh.ROOT / "CHANGELOG.md").read_text()
    headings = re.findall(r"^## \[(.*?)\]", text, re.MULTILINE)
    assert headings[0] == "Unreleased" or headings[0] == __version__
    numbers = [e.number for e in catalog.exercises(fresh.ROOT)]
    assert set(re.findall(r"(?<![\d.])(\d+\.\d)(?= [a-z_]+)", text.partition("### Exercises")[2])) <= set(numbers)


def test_in_a_notebook(environment, tmp_path):
    """In an empty folder, without `kata init`."""
    kernel = Kernel(tmp_path, environment / BIN / "python")
    try:
        said = kernel.says(cell("1.1", fresh.ROOT / "solutions" / FIRST))
        assert "checks  solved" in said and "Next is 1.2 blueprint" in said
        assert not list(tmp_path.iterdir())
    finally:
        kernel.close()


def test_a_first_day(kata, tmp_path):
    """An empty folder, the course in it, 1.1 wrongly and rightly."""
    assert kata("--version").stdout.startswith("flaxkata ") and not list(tmp_path.iterdir())
    nothing = kata("grade", "1.1")
    assert nothing.returncode == 2
    assert nothing.stderr == (
        f"There are no exercises in {tmp_path}. `kata init` lays them there, and `kata init DIR` in a new folder.\n"
    )
    for command in (("watch",), ("reset", "1.1", "--yes"), ("update",)):  # which write, or follow what is written
        done = kata(*command)
        assert (done.returncode, done.stderr) == (2, nothing.stderr)
    begun = kata("init", "course")
    assert begun.returncode == 0
    assert begun.stdout.splitlines()[1:] == [
        "Open course/exercises/ch01_parameters/ex01_define_mlp.py, write the functions, then:",
        "    cd course",
        "    kata grade 1.1",
    ]
    home = tmp_path / "course"
    assert sorted(os.listdir(home)) == [".gitignore", ".kata", "README.md", "exercises", "test_exercises.py"]
    stubs = {p.relative_to(home / "exercises"): p.read_text() for p in (home / "exercises").rglob("*.py")}
    ours = fresh.ROOT / "exercises"
    assert stubs == {p.relative_to(ours): p.read_text() for p in ours.rglob("*.py")}
    again = kata("init", cwd=home)
    assert again.returncode == 2 and "`kata update` brings new ones" in again.stderr

    todo = kata("grade", "1.1", cwd=home)
    assert todo.returncode == 0 and "Open exercises/ch01_parameters/ex01_define_mlp.py" in todo.stdout
    mistake = next((fresh.ROOT / "tests/mistakes/ch01_parameters/ex01_define_mlp").glob("*.py"))
    shutil.copy(mistake, home / "exercises" / FIRST)
    wrong = kata("grade", "1.1", cwd=home)
    assert wrong.returncode == 1 and f"This is a known mistake: {mistake.stem}" in wrong.stdout
    shutil.copy(fresh.ROOT / "solutions" / FIRST, home / "exercises" / FIRST)
    right = kata("grade", FIRST.replace("ch01", "exercises/ch01"), cwd=home)
    assert right.returncode == 0 and "1 of 1 exercise solved" in right.stdout
    assert "kata solution 1.1" in right.stdout and "site-packages" not in right.stdout
    assert "1.1 define_mlp          solved" in kata("list", cwd=home).stdout
    assert "solutions/ch01_parameters/ex01_define_mlp.py" in kata("solution", "1.1", cwd=home).stdout
    assert kata("hint", "1.2", cwd=home / "exercises").stdout.strip()
    kata("reset", "1.1", "--yes", cwd=home)
    assert (home / "exercises" / FIRST).read_text() == (fresh.ROOT / "exercises" / FIRST).read_text()
    assert "checkout" in kata("stubs", cwd=home).stderr


def test_the_editors_panel(kata, tmp_path):
    """pytest lists the checks, and runs those of the learner's files."""
    kata("init")
    listed = kata("-m", "pytest", "--collect-only", "-q", program="python").stdout
    checks = sum(path.read_text().count("\ndef test_") for path in (fresh.ROOT / "tests").glob("ch*/test_*.py"))
    assert f"{checks} tests collected" in listed
    assert "test_exercises.py::test_exercise[1.4-set_bias-" in listed
    mistake = next((fresh.ROOT / "tests/mistakes/ch01_parameters/ex01_define_mlp").glob("*.py"))
    shutil.copy(mistake, tmp_path / "exercises" / FIRST)
    shutil.copy(fresh.ROOT / "solutions" / SECOND, tmp_path / "exercises" / SECOND)
    ran = kata("-m", "pytest", "-q", "-k", "1.1- or 1.2- or 1.3-", program="python")
    assert re.search(r"\d+ failed, \d+ passed, \d+ skipped", ran.stdout), ran.stdout
    assert f"This is a known mistake: {mistake.stem}" in ran.stdout and "[1.2-" not in ran.stdout


def test_kata_alone_offers_the_course(kata, tmp_path):
    asked = pexpect.spawn(kata.command, cwd=tmp_path, env=variables(), encoding="utf-8", dimensions=(40, 200))
    asked.expect(re.escape(f"Lay the exercises in {tmp_path}? [Y/n]"))
    asked.sendline("")
    asked.expect("kata grade 1.1")
    asked.expect(pexpect.EOF)
    assert (tmp_path / "exercises" / FIRST).exists()
    assert "There are no exercises" not in kata().stdout and "update" in kata().stdout


def test_an_update_loses_nothing(kata, environment, wheels, tmp_path):
    """From an earlier version, with files in every state."""
    place = {name: tmp_path / "exercises" / name for name in (FIRST, SECOND, THIRD, LAST)}
    new = {name: (fresh.ROOT / "exercises" / name).read_text() for name in place}
    try:
        replace(environment, wheels[1])
        kata("init")
        old = {name: path.read_text() for name, path in place.items() if path.exists()}
        assert list(old) == [FIRST, SECOND, THIRD] and "As it was then." in old[FIRST]
        place[SECOND].write_bytes(old[SECOND].replace("\n", "\r\n").encode())  # as some editors save; not touched
        mine = old[THIRD].replace("raise NotImplementedError", "return 1  # raise")
        place[THIRD].write_text(mine)
        shutil.copy(fresh.ROOT / "solutions/ch01_parameters/ex04_set_bias.py", tmp_path / "exercises/ch01_parameters")
        (tmp_path / "exercises/ch01_parameters/ex05_deep_copy.py").unlink(missing_ok=True)
        deleted = next(p for p in (fresh.ROOT / "exercises/ch01_parameters").glob("ex05_*.py"))
        (tmp_path / "exercises/ch01_parameters" / deleted.name).unlink(missing_ok=True)
        (tmp_path / "exercises" / "notes.txt").write_text("mine")
        assert kata("grade", "1.4").returncode == 0
    finally:
        replace(environment, wheels[0])
    assert "of flaxkata 0.0.9" in " ".join(kata("doctor").stdout.split())
    told = kata("update").stdout
    assert [place[name].read_text() for name in (FIRST, SECOND, LAST)] == [new[name] for name in (FIRST, SECOND, LAST)]
    assert place[THIRD].read_text() == mine
    assert place[THIRD].with_name("ex03_forward.py.new").read_text() == new[THIRD]
    assert (tmp_path / "exercises/ch01_parameters" / deleted.name).read_text() == deleted.read_text()
    assert (tmp_path / "exercises" / "notes.txt").read_text() == "mine"
    solved = (tmp_path / "exercises/ch01_parameters/ex04_set_bias.py").read_text()
    assert solved == (fresh.ROOT / "solutions/ch01_parameters/ex04_set_bias.py").read_text()
    assert "1.4 set_bias            solved" in kata("list").stdout
    assert "1.1 define_mlp: brought up to date; you had not begun it" in told and "1.2 blueprint: brought up to date" in told
    assert "1.3 forward: yours stays. The new text is in exercises/ch01_parameters/ex03_forward.py.new" in told
    assert "-As it was then." in told and "10.8 your_own_port: new" in told and "1.4" not in told
    assert "ex09_of_that_time.py: there is no such exercise any longer; the file stays." in told
    assert kata("update").stdout.startswith("exercises/ch10_capstones/ex09_of_that_time.py")
    place[THIRD].with_name("ex03_forward.py.new").write_text("what I wrote there")
    laid = json.loads((tmp_path / ".kata/course.json").read_text())
    laid["stubs"][THIRD.removesuffix(".py")] = "an older text"
    (tmp_path / ".kata/course.json").write_text(json.dumps(laid))
    kata("update")
    assert [p.read_text() for p in tmp_path.glob(".kata/backup/*/*/ex03_forward.py.new")] == ["what I wrote there"]


def test_a_folder_that_was_copied_without_our_notes(kata, tmp_path):
    """Another machine's: .gitignore leaves .kata/ out, and then nothing is
    taken for untouched that is not today's stub.
    """
    kata("init")
    shutil.rmtree(tmp_path / ".kata")
    edited = tmp_path / "exercises" / FIRST
    edited.write_text(edited.read_text() + "# mine\n")
    assert "1.1 define_mlp: yours stays." in kata("update").stdout
    assert edited.read_text().endswith("# mine\n") and kata("update").stdout.startswith("Nothing to do")


def test_doctor(kata, tmp_path):
    said = kata("doctor")
    assert said.returncode == 0
    lines = " ".join(said.stdout.split())
    assert "OK jax " in lines and "OK torch " in lines and "warn no exercises in" in lines and "kata init" in lines
    assert "JAX runs on cpu" in lines and "GB are free" in lines
    broken = tmp_path / "broken"
    broken.mkdir()
    (broken / "jax.py").write_text("raise ImportError('this jax is broken')")
    env = variables() | {"PYTHONPATH": str(broken)}
    done = subprocess.run([kata.command, "doctor"], cwd=tmp_path, env=env, capture_output=True, text=True)
    assert done.returncode == 1 and "JAX does not start" in done.stdout and "--upgrade" in done.stdout


def test_no_answer_finds_the_course(kata, tmp_path):
    """In site-packages, which sandboxes may read, it is behind the walls."""
    for name, file in (
        ("honest", "solutions/ch01_parameters/ex04_set_bias.py"),
        ("other", "tests/kit/attacks/search_for_answers.py"),
    ):
        place = tmp_path / "class" / name / "ch01_parameters" / "ex04_set_bias.py"
        place.parent.mkdir(parents=True)
        shutil.copy(fresh.ROOT / file, place)
    done = kata("cohort", "class", "--only", "1.4", "--workers", "1")
    assert done.returncode == 0, done.stderr
    rows = (tmp_path / "class-graded/grades.csv").read_text("utf-8-sig").splitlines()
    honest, other = (next(row for row in rows if row.startswith(name)) for name in ("honest", "other"))
    assert honest == "honest,8,8,1,8,," and other.startswith("other,0,")
    assert "found nothing" in (tmp_path / "class-graded/cohort.html").read_text()
