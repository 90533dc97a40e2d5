"""Sessions of flaxkata. `nox -l` lists them; arguments after `--` go to `kata`
or to pytest.
"""

import hashlib
import json
import os
import shutil
import sys
from pathlib import Path

import nox
from packaging.requirements import Requirement  # which nox needs itself

nox.needs_version = ">=2025.2.9"
nox.options.default_venv_backend = "uv|virtualenv"  # uv where there is one; virtualenv comes with nox
nox.options.reuse_venv = "yes"
nox.options.sessions = ["grade"]

HERE = Path(__file__).parent


def install(session: nox.Session, group: str, *extras: str, kit: bool = True) -> None:
    """Install a dependency group of pyproject.toml."""
    install_all(session, [*nox.project.dependency_groups(nox.project.load_toml("pyproject.toml"), group), *extras], kit)


def install_all(session: nox.Session, wanted: list[str], kit: bool = True) -> None:
    """Install requirements, once: until they or pyproject.toml change.

    With `nox --no-venv` nothing is installed; then `src` is put on the path and
    the rest must be there already.
    """
    if not session.virtualenv.is_sandboxed:
        session.env["PYTHONPATH"] = os.pathsep.join([str(HERE / "src"), os.environ.get("PYTHONPATH", "")])
        return
    digest = hashlib.sha256(json.dumps([wanted, (HERE / "pyproject.toml").read_text()]).encode()).hexdigest()
    stamp = Path(session.virtualenv.location) / "kata-installed"
    if stamp.exists() and stamp.read_text() == digest:
        return
    # uv would take PyTorch's CUDA build on Linux, several GB; pip takes what its own configuration says.
    session.install(*wanted, env={"UV_TORCH_BACKEND": os.environ.get("UV_TORCH_BACKEND", "cpu")})
    if kit:
        session.install("--no-deps", "-e", ".")
    stamp.write_text(digest)


def kata(session: nox.Session, *arguments: str, python: str = "python") -> None:
    """Run a command of `kata`."""
    session.run(python, "-m", "flaxkata", *arguments, env={"OMP_NUM_THREADS": "1"}, external=python != "python")


def made(session: nox.Session) -> str:
    """The Python of an environment that `grade` or `tests` has made, for
    sessions that need none of their own.
    """
    places = [HERE / ".nox" / name / end for name in ("grade", "tests") for end in ("bin/python", "Scripts/python.exe")]
    session.env["PYTHONPATH"] = str(HERE / "src")
    return next((str(place) for place in places if place.exists()), shutil.which("python") or "python3")


@nox.session
def grade(session: nox.Session) -> None:
    """Grade exercises on the CPU: nox -s grade -- 1.3"""
    install(session, "kata")
    kata(session, "grade", *session.posargs)


@nox.session
def watch(session: nox.Session) -> None:
    """Grade an exercise each time that it is saved: nox -s watch, or: nox -s
    watch -- 1.3
    """
    install(session, "kata")
    kata(session, "watch", *session.posargs)


@nox.session
def cohort(session: nox.Session) -> None:
    """For instructors: grade a folder of submissions: nox -s cohort -- DIR"""
    install(session, "kata")
    kata(session, "cohort", *session.posargs)


@nox.session
def board(session: nox.Session) -> None:
    """For instructors: a live board of who is stuck on what: nox -s board --
    --host 0.0.0.0
    """
    install(session, "board")
    kata(session, "board", *session.posargs)


@nox.session(venv_backend="none", name="kata")
def kata_session(session: nox.Session) -> None:
    """Any other command, after `grade` has run once: nox -s kata -- hint 1.3"""
    kata(session, *session.posargs, python=made(session))


@nox.session
def grade_gpu(session: nox.Session) -> None:
    """Grade on an NVIDIA GPU; JAX with CUDA 13, or: nox -s grade_gpu --
    cuda12
    """
    cuda = next((a for a in session.posargs if a in ("cuda12", "cuda13")), "cuda13")
    need(session, f"an NVIDIA driver, for jax[{cuda}]", "/dev/nvidiactl", "/dev/dxg", "nvidia-smi")
    install(session, "kata", f"jax[{cuda}]")
    kata(session, "grade", "--device", "gpu", *(a for a in session.posargs if a != cuda))


@nox.session
def grade_tpu(session: nox.Session) -> None:
    """Grade on a Google TPU"""
    need(session, "a TPU, for jax[tpu]", "/dev/accel0", "/dev/vfio/0")
    install(session, "kata", "jax[tpu]")
    kata(session, "grade", "--device", "tpu", *session.posargs)


def need(session: nox.Session, what: str, *places: str) -> None:
    """Stop with a sentence, before gigabytes are installed, when none of the
    device files or programs is there.
    """
    if not any(Path(place).exists() or shutil.which(place) for place in places):
        session.error(f"Looked for {what} ({', '.join(places)}) and found none. `nox -s grade` grades on the CPU.")


@nox.session
def tests(session: nox.Session) -> None:
    """The kit's own tests; arguments go to pytest"""
    install(session, "dev")
    # First every file of the trees, by two judges; then the doors, which find what those have compiled.
    trees = ["tests/kit/test_exercises.py"]
    doors = ["-n", "2", "--dist", "loadfile", "--no-loadscope-reorder", "tests/kit", "--ignore", *trees]
    slowest = ["--durations", "25", "--durations-min", "10"]
    # Some hundred processes import the same libraries: Python keeps their bytecode, as it does by default.
    env = {"OMP_NUM_THREADS": "1", "PYTHONDONTWRITEBYTECODE": None}
    for arguments in [session.posargs] if session.posargs else [[*trees, *slowest], [*doors, *slowest]]:
        session.run("python", "-m", "pytest", *arguments, env=env)


@nox.session
def lint(session: nox.Session) -> None:
    """Style, format, types, the import contract, and the prose"""
    install(session, "lint")
    session.run("ruff", "check", ".")
    session.run("ruff", "format", "--check", ".")
    session.run("mypy")
    session.run("lint-imports")
    session.run("codespell")
    session.run("python", "tests/kit/prose.py")
    session.run("mdformat", "--check", "--number", "--wrap", "80", "README.md", "CHANGELOG.md", "CONTRIBUTING.md", "docs")


@nox.session(python=["3.12", "3.13", "3.14"])
def compat(session: nox.Session) -> None:
    """For authors: all answers and mistakes on a newer Python, with the newest
    libraries: nox -s compat-3.13 -- 4.7
    """
    install(session, "kata")
    grade_all(session)


@nox.session(python="3.11")
def compat_lowest(session: nox.Session) -> None:
    """For authors: the same with the oldest libraries that pyproject.toml
    promises
    """
    promised = map(Requirement, nox.project.load_toml("pyproject.toml")["project"]["dependencies"])
    install_all(session, [f"{r.name}=={s.version}" for r in promised for s in r.specifier if s.operator == ">="])
    grade_all(session)


def grade_all(session: nox.Session) -> None:
    """What the machine has, and then every file of the trees."""
    kata(session, "doctor")
    session.run("python", "tests/kit/compat.py", *session.posargs, env={"OMP_NUM_THREADS": "1"})


@nox.session(venv_backend="none")
def stubs(session: nox.Session) -> None:
    """For authors: cut exercises/ from solutions/"""
    kata(session, "stubs", *session.posargs, python=made(session))


@nox.session(venv_backend="none")
def docs(session: nox.Session) -> None:
    """For authors: run what the pages show, and write down what it gives"""
    session.run(everything(session), "tests/kit/docs.py", *session.posargs, external=True)


@nox.session(venv_backend="none")
def bench(session: nox.Session) -> None:
    """How long a verdict takes, a cohort, and a board's post; one of them: --
    verdict; what a cluster costs: -- cluster
    """
    wanted = session.posargs or ["verdict", "cohort", "board"]
    files = {"verdict": "bench.py", "cohort": "bench_cohort.py", "board": "bench_board.py", "cluster": "bench_cluster.py"}
    for name, file in files.items():
        if name in wanted:
            options = [a for a in session.posargs if a != name]
            session.run(everything(session), f"tests/kit/{file}", *options, external=True)


@nox.session(venv_backend="none")
def hostile(session: nox.Session) -> None:
    """A hundred honest learners, alone and beside every attack: nox -s hostile
    -- --learners 20
    """
    session.run(everything(session), "tests/kit/hostile.py", *session.posargs, external=True)


@nox.session(venv_backend="none")
def walls(session: nox.Session) -> None:
    """For authors: all attacks, with older versions of Landlock, as root and
    without privileges
    """
    for version in ("1", "3", "5", "99"):
        for nobody in ("", "1"):
            env = {"OMP_NUM_THREADS": "1", "KATA_EVERY": "1", "KATA_LANDLOCK": version, "KATA_NOBODY": nobody}
            chosen = ["tests/kit/test_cohort.py", "-k", "attack or honest or trusted or behind", *session.posargs]
            session.run(everything(session), "-m", "pytest", *chosen, external=True, env=env)


@nox.session(venv_backend="none")
def mutants(session: nox.Session) -> None:
    """For authors: whether the checks notice small changes to our answers: nox
    -s mutants -- 4.7
    """
    session.run(everything(session), "tests/kit/mutants.py", *session.posargs, external=True, env={"OMP_NUM_THREADS": "1"})


@nox.session(venv_backend="none")
def record(session: nox.Session) -> None:
    """For authors: the trees, right answers as a cohort, and what the texts
    claim, where something has changed: nox -s record -- ch04
    """
    session.run(everything(session), "tests/kit/recorded.py", *session.posargs, external=True, env={"OMP_NUM_THREADS": "1"})


@nox.session(venv_backend="none")
def secrets(session: nox.Session) -> None:
    """For authors: right answers on many drawn inputs: nox -s secrets -- 4.7"""
    session.run(everything(session), "tests/kit/drawn_inputs.py", *session.posargs, external=True, env={"OMP_NUM_THREADS": "1"})


@nox.session(venv_backend="none")
def mistakes(session: nox.Session) -> None:
    """For authors: which mistake is known in which exercise"""
    session.run(everything(session), "tests/kit/mistake_names.py", *session.posargs, external=True)


def everything(session: nox.Session) -> str:
    """The Python of the environment of `tests`, which has all that the kit's
    own programs need; it is made if there is none.
    """
    session.env["PYTHONPATH"] = str(HERE / "src")
    places = [HERE / ".nox" / "tests" / end for end in ("bin/python", "Scripts/python.exe")]
    if not any(map(Path.exists, places)):
        session.run(sys.executable, "-m", "nox", "-s", "tests", "--install-only", external=True)
    return str(next(place for place in places if place.exists()))
