"""What the kit's own tests share: the `kata` command, and every file of the
trees, graded once in both rooms.
"""

import contextlib
import functools
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import fresh
import pytest
from passed_before import PassedBefore

from flaxkata import catalog

ENVIRONMENT = os.environ | {"OMP_NUM_THREADS": "1", "COLUMNS": "80", "NO_COLOR": "1", "PYTHONUNBUFFERED": "1"}
ENVIRONMENT.pop("NOX_CURRENT_SESSION", None)  # these tests may run under nox; a command under test does not


@pytest.fixture(scope="session")
def cold() -> Callable[..., subprocess.CompletedProcess]:
    """`kata(*arguments)` in a process of its own, as in a shell; 80 columns, no
    colour, no terminal.
    """

    def run(*arguments: object, cwd: Path = fresh.ROOT, **environment: str) -> subprocess.CompletedProcess:
        command = [sys.executable, "-m", "flaxkata", *map(str, arguments)]
        env = ENVIRONMENT | environment
        return subprocess.run(command, cwd=cwd, env=env, capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=900)

    return run


@pytest.fixture(scope="session")
def kata(cold: Callable[..., subprocess.CompletedProcess]) -> Callable[..., subprocess.CompletedProcess]:
    """The same; `test_cli` has one that stays."""
    return cold


@pytest.fixture
def clone(own_clone: Path) -> Path:
    """The same; in `test_cli`, the one in which a `kata` stays."""
    return own_clone


@pytest.fixture
def own_clone(tmp_path: Path) -> Path:
    """The kit as a fresh clone has it, in a folder of the test's own; nothing
    is compiled or tried twice.
    """
    return clone_into(tmp_path / "kit")


def clone_into(folder: Path) -> Path:
    kit = fresh.clone(folder)
    (kit / ".kata").mkdir()
    for name in ("compiled", "fingerprints"):  # what they hold is right for any kit, or a miss
        (fresh.ROOT / ".kata" / name).mkdir(parents=True, exist_ok=True)
        (kit / ".kata" / name).symlink_to(fresh.ROOT / ".kata" / name)
    return kit


# --- every submission that the trees hold ---


EVERY = "KATA_EVERY" in os.environ  # grade everything everywhere


@dataclass(frozen=True)
class Case:
    """One file to grade. `slug` is the mistake that it must be identified as,
    None for none.
    """

    number: str
    kind: str
    path: Path
    slug: str | None = None

    def __str__(self) -> str:
        return f"{self.number}-{self.kind}-{self.path.stem}"


def cases() -> list[Case]:
    """All stubs, solutions, mistakes and alternatives, and the test submissions
    for behavior matching.
    """
    found = []
    for e in catalog.exercises(fresh.ROOT):
        found += [Case(e.number, "stub", e.stub), Case(e.number, "solution", e.solution)]
        found += [Case(e.number, "mistake", p, p.stem) for p in e.mistakes]
        found += [Case(e.number, "alternative", p) for p in e.alternatives]
        same = sorted((fresh.ROOT / "tests/kit/same_mistake" / e.path).glob("*.py"))
        found += [Case(e.number, "same_mistake", p, p.stem.split("__")[0]) for p in same]
        unknown = sorted((fresh.ROOT / "tests/kit/unknown_mistake" / e.path).glob("*.py"))
        found += [Case(e.number, "unknown", p) for p in unknown]
    return found


@functools.cache
def first_mistakes() -> set[Path]:
    return {p for e in catalog.exercises(fresh.ROOT) for p in e.mistakes[:1]}


def in_a_fresh_sandbox(case: Case) -> bool:
    """As learners' files are graded: all but alternatives, which the tests of
    cohorts grade so, and most mistakes. What those are compared with runs in a
    sandbox anyway. With KATA_EVERY=1, all.
    """
    return EVERY or case.kind in ("stub", "solution", "same_mistake", "unknown") or case.path in first_mistakes()


def in_process(case: Case) -> bool:
    """With `--here`: all but mistakes. With KATA_EVERY=1, all."""
    return EVERY or case.kind in ("stub", "solution", "alternative", "unknown") or case.path in first_mistakes()


def wherever(case: Case) -> bool:
    """The other mistakes: in whichever process is free, without a sandbox of
    their own.
    """
    return not in_a_fresh_sandbox(case) and not in_process(case)


def pytest_configure(config: pytest.Config) -> None:
    words = "kinds(*names, both=False): the kinds of case that a test is run for; `both`: those graded in both ways"
    config.addinivalue_line("markers", words)
    config.pluginmanager.register(PassedBefore())


LATE = ("test_cohort", "test_texts", "test_exercises")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Cohorts late, when the judges of the trees have compiled right answers,
    which a cohort's sandboxes cannot keep. Then the texts: they use JAX in this
    process, and the tests of terminals fork it. The trees last: their judges
    have
    been at work all along.
    """
    items.sort(key=lambda item: next((i for i, name in enumerate(LATE, 1) if item.path.name.startswith(name)), 0))


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """`case` is each file of the kinds that the test is marked with, `exercise`
    each exercise.
    """
    if "case" in metafunc.fixturenames:
        mark = metafunc.definition.get_closest_marker("kinds")
        some = [c for c in cases() if c.kind in mark.args]
        if mark.kwargs.get("both"):
            some = [c for c in some if in_a_fresh_sandbox(c) and in_process(c)]
        metafunc.parametrize("case", some, ids=str)
    if "exercise" in metafunc.fixturenames:
        metafunc.parametrize("exercise", catalog.exercises(fresh.ROOT), ids=lambda e: f"{e.number}_{e.slug}")


def selected(request: pytest.FixtureRequest) -> list[Case]:
    """The cases of the selected tests, each once."""
    params = [item.callspec.params for item in request.session.items if hasattr(item, "callspec")]
    return list(dict.fromkeys(found["case"] for found in params if "case" in found))


class Judge:
    """A `judge.py` that grades one file after another."""

    LASTS = 100  # grades; in `--here` what JAX compiled for each file stays in memory, 15 MB or so

    def __init__(self, *arguments: str, nice: int = 0, kit: Path = fresh.ROOT) -> None:
        self._arguments, self._nice, self._kit, self._asked = arguments, nice, kit, 0
        self._pool = ThreadPoolExecutor(1)
        self._futures: dict[Case, Future] = {}
        self._start()

    def _start(self) -> None:
        command = [sys.executable, str(Path(__file__).with_name("judge.py")), str(self._nice), *self._arguments]
        pipe = subprocess.PIPE
        self._process = subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, cwd=self._kit, env=ENVIRONMENT)

    def submit(self, case: Case) -> Future:
        """The answer to a case, when it is there."""
        if case not in self._futures:
            self._futures[case] = self._pool.submit(self.grade, case)
        return self._futures[case]

    def afterwards(self, work: Callable[["Judge"], None]) -> None:
        """After all that was submitted, call work(self) beside the tests."""
        self._pool.submit(work, self)

    def grade(self, case: Case) -> dict:
        """What `kata grade NUMBER --submission FILE` answers; with more time
        than
        a learner has, on a machine this busy.

        Right answers must do with half of each tolerance: they pass on other
        processors then, which round differently.
        """
        scale = 0.5 if case.kind in ("solution", "alternative") else 1.0
        argv = ["grade", case.number, "--submission", str(case.path), "--limit", "120"]
        return self.ask(*argv, tolerance_scale=scale, shared=wherever(case))

    def ask(self, *argv: str, **how: object) -> dict:
        """The answer to one `grade`: its exit code, output and report; `how`
        are fields of GradeOptions.
        """
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder, "report.json")
            answer = self.run([*argv, "--json", str(file)], {}, **how)
            return answer | {"report": json.loads(file.read_text()) if file.exists() else None}

    def run(self, argv: list[str], environment: dict[str, str], **how: object) -> dict:
        """The answer to one command line: its exit code, output and errors."""
        self._asked += 1
        if self._asked % self.LASTS == 0 and self._arguments:
            self._end()
            self._start()
        self._process.stdin.write(json.dumps({"argv": argv, "how": how, "environment": environment}) + "\n")
        self._process.stdin.flush()
        return json.loads(self._process.stdout.readline())

    def _end(self) -> None:
        self._process.stdin.close()
        self._process.wait()

    def close(self) -> None:
        self._pool.shutdown(cancel_futures=True)
        self._end()


class SharedQueue:
    """Cases for whichever judge is free; one takes them from the front, one
    from the back.
    """

    def __init__(self, cases: list[Case]) -> None:
        self.futures = {case: Future() for case in cases}
        self._waiting = deque(self.futures)

    def serve(self, judge: Judge, take: Callable[[deque], Case]) -> None:
        with contextlib.suppress(IndexError):  # none is left
            while case := take(self._waiting):
                try:
                    self.futures[case].set_result(judge.grade(case))
                except Exception as error:
                    self.futures[case].set_exception(error)

    def stop(self) -> None:
        self._waiting.clear()


@pytest.fixture(scope="session")
def judges(request: pytest.FixtureRequest) -> Iterator[dict[str, Judge]]:
    """Both executors at once, on the two cores, with all files of the selected
    tests.

    One begins at the front and one at the back: what was compiled and which
    mistakes were run, the other finds kept.
    """
    both = {"sandbox": Judge(nice=5), "here": Judge("--here", nice=5)}
    for case in filter(in_a_fresh_sandbox, selected(request)):
        both["sandbox"].submit(case)
    for case in reversed(list(filter(in_process, selected(request)))):
        both["here"].submit(case)
    yield both
    for judge in both.values():
        judge.close()


@pytest.fixture(scope="session")
def shared_queue(request: pytest.FixtureRequest, judges: dict[str, Judge]) -> Iterator[SharedQueue]:
    """Most mistakes: what must be graded in one way comes first."""
    shared = SharedQueue(list(filter(wherever, selected(request))))
    judges["sandbox"].afterwards(lambda judge: shared.serve(judge, deque.popleft))
    judges["here"].afterwards(lambda judge: shared.serve(judge, deque.pop))
    yield shared
    shared.stop()


@pytest.fixture(scope="session", autouse=True)
def _graded_ahead(request: pytest.FixtureRequest) -> None:
    """The two judges of the trees begin at once, with what the tests before
    theirs leave of the processors.
    """
    if any(hasattr(item, "callspec") and "case" in item.callspec.params for item in request.session.items):
        request.getfixturevalue("shared_queue")


@pytest.fixture(scope="session")
def judge() -> Iterator[Judge]:
    """One more, for command lines of a test's own: `judge.ask("grade", "1.4",
    ...)`.
    """
    judge = Judge()
    yield judge
    judge.close()


class WarmKit:
    """A clone of the kit, and a `kata` that stays in it: for commands of which
    the start is not the subject.
    """

    def __init__(self, folder: Path) -> None:
        self.path = clone_into(folder)
        self._judge = Judge(kit=self.path)

    def reset(self) -> None:
        """Everything as in a fresh clone again."""
        for name in ("exercises", "tests", ".kata"):
            shutil.rmtree(self.path / name)
        clone_into(self.path)

    def kata(self, *arguments: object, cwd: Path | None = None, **environment: str) -> subprocess.CompletedProcess:
        """What a command gives in the clone, as a finished process."""
        assert cwd in (None, self.path)
        found = self._judge.run(list(map(str, arguments)), environment)
        return subprocess.CompletedProcess(arguments, found["code"], found["output"], found["errors"])

    def close(self) -> None:
        self._judge.close()


@pytest.fixture(scope="session")
def warm_kit(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WarmKit]:
    kit = WarmKit(tmp_path_factory.mktemp("warm") / "kit")
    yield kit
    kit.close()


@pytest.fixture(scope="session")
def all_cases() -> list[Case]:
    return cases()


@pytest.fixture(scope="session")
def graded(judges: dict[str, Judge], shared_queue: SharedQueue) -> Callable[[Case], dict]:
    """What `kata grade` says of a case: {"code", "output", "report"}; of some
    cases, with `--here`.
    """

    def answer(case: Case) -> dict:
        found = shared_queue.futures.get(case)
        return (found or judges["sandbox" if in_a_fresh_sandbox(case) else "here"].submit(case)).result()

    return answer


@pytest.fixture(scope="session")
def graded_here(judges: dict[str, Judge]) -> Callable[[Case], dict]:
    """The same with `--here`."""
    return lambda case: judges["here"].submit(case).result()
