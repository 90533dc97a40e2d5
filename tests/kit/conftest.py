"""What the kit's own tests share: the `kata` command, and the files of the
trees, each graded once in the rooms in which a test looks at it.
"""

import contextlib
import functools
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import warnings
from collections import defaultdict, deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path

import fresh
import pytest
import wordings
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
    link_kept(kit)
    return kit


def link_kept(kit: Path) -> None:
    """Let a clone find what this kit has compiled and tried."""
    (kit / ".kata").mkdir()
    for name in ("compiled", "fingerprints"):  # what they hold is right for any kit, or a miss
        (fresh.ROOT / ".kata" / name).mkdir(parents=True, exist_ok=True)
        (kit / ".kata" / name).symlink_to(fresh.ROOT / ".kata" / name)


# --- every submission that the trees hold ---


@dataclass(frozen=True)
class Case:
    """One file to grade. `slug` is the mistake that it must be identified as,
    None for none.
    """

    number: str
    kind: str
    path: Path
    slug: str | None = None
    constants: tuple[tuple[str, object], ...] = ()

    def __str__(self) -> str:
        folder = f"{self.slug}." if self.kind == "mistake" and self.slug != self.path.stem else ""
        values = "".join(f"-{name}={value}" for name, value in self.constants)
        return f"{self.number}-{self.kind}-{folder}{self.path.stem}{values}"


@functools.cache
def cases() -> list[Case]:
    """All stubs, solutions, mistakes and alternatives, and the test submissions
    for behavior matching.
    """
    found = []
    for e in catalog.exercises(fresh.ROOT):
        found += [Case(e.number, "stub", e.stub), Case(e.number, "solution", e.solution)]
        found += [Case(e.number, "mistake", v.path, v.slug, v.constants) for v in wordings.chosen(e)]
        found += [Case(e.number, "alternative", p) for p in e.alternatives]
        same = sorted((fresh.ROOT / "tests/kit/same_mistake" / e.path).glob("*.py"))
        found += [Case(e.number, "same_mistake", p, p.stem.split("__")[0]) for p in same]
        unknown = sorted((fresh.ROOT / "tests/kit/unknown_mistake" / e.path).glob("*.py"))
        found += [Case(e.number, "unknown", p) for p in unknown]
        examined = sorted((fresh.ROOT / "tests/kit/examined" / e.path).glob("*.py"))
        found += [Case(e.number, "examined", p) for p in examined]
    return found


@functools.cache
def first_mistakes() -> set[Path]:
    """One of each exercise."""
    return {p for e in catalog.exercises(fresh.ROOT) for p in e.mistakes[:1]}


@functools.cache
def first_exercises() -> set[str]:
    """The number of one exercise of each chapter."""
    return set({e.chapter: e.number for e in reversed(catalog.exercises(fresh.ROOT))}.values())


def in_every_run(case: Case) -> bool:
    """Graded even where the exercise is recorded: stubs, solutions, and a
    mistake of each exercise. With KATA_EVERY=1, all.
    """
    return wordings.EVERY or case.kind in ("stub", "solution") or (case.path in first_mistakes() and not case.constants)


def in_both_rooms_in_every_run(case: Case) -> bool:
    """In a fresh sandbox, as learners' files are, and with `--here`, even where
    the exercise is recorded.
    """
    return in_every_run(case) and case.number in first_exercises()


def pytest_configure(config: pytest.Config) -> None:
    words = "kinds(*names, both=False): the kinds of case that a test is run for; `both`: those graded in both rooms"
    config.addinivalue_line("markers", words)
    config.addinivalue_line("markers", "recorded: left out where `recorded.py` has run it with all that decides it as it is")
    config.pluginmanager.register(PassedBefore(is_worker=hasattr(config, "workerinput")))


# The order in which `nox -s tests` hands files out to two processes: the longest first. What a board teaches, its
# pages, the port and the texts come last: they use PyTorch and JAX in the process of the tests, and the tests of
# terminals fork it.
DOORS = (
    "watch", "notebook", "join", "board_faults", "cohort", "cluster", "rooms", "cohort_right", "nox", "cli", "exports",
    "bad_input", "store",
)  # fmt: skip
ORDER = (*DOORS, "", "board_taught", "board_pages", "port", "texts")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files in that order."""
    items.sort(key=_place)


def _place(item: pytest.Item) -> int:
    name = item.path.stem.removeprefix("test_")
    found = [place for place, file in enumerate(ORDER) if file and name.startswith(file)]
    return max(found, default=ORDER.index(""))


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """`case` is each file of the kinds that the test is marked with, `exercise`
    each exercise.
    """
    if "case" in metafunc.fixturenames:
        mark = metafunc.definition.get_closest_marker("kinds")
        some = [c for c in cases() if c.kind in mark.args]
        unrecorded = in_every_run
        if mark.kwargs.get("both"):
            some, unrecorded = list(filter(in_every_run, some)), in_both_rooms_in_every_run
        marked = [pytest.param(c, marks=() if unrecorded(c) else pytest.mark.recorded) for c in some]
        metafunc.parametrize("case", marked, ids=str)
    if "exercise" in metafunc.fixturenames:
        metafunc.parametrize("exercise", catalog.exercises(fresh.ROOT), ids=lambda e: f"{e.number}_{e.slug}")


def selected(request: pytest.FixtureRequest) -> list[Case]:
    """The cases that the selected tests look at, each once."""
    found: dict[Case, None] = {}
    for item in request.session.items:
        if "trees" in getattr(item, "fixturenames", ()):
            found |= dict.fromkeys(_cases_of(item))
    return list(found)


def asking_for(request: pytest.FixtureRequest, fixture: str) -> list[dict]:
    """The parameters of the selected tests that use a fixture."""
    return [item.callspec.params for item in request.session.items if fixture in getattr(item, "fixturenames", ())]


def _cases_of(item: pytest.Item) -> list[Case]:
    params = item.callspec.params if hasattr(item, "callspec") else {}
    if "case" in params:
        return [params["case"]]
    return [case for case in cases() if "exercise" not in params or case.number == params["exercise"].number]


def same_each_time(check: dict) -> dict:
    """A check of a report without its seconds, and without the name that
    mkdtemp gave a folder.
    """
    findings = [re.sub(r"save_resume-\w+", "folder", words) for words in check["findings"]]
    return check | {"seconds": 0.0, "findings": findings}


class JudgeEnded(Exception):
    """A judge's process ended before it had answered."""


class Judge:
    """A `judge.py` that grades one file after another."""

    def __init__(self, *arguments: str, kit: Path = fresh.ROOT) -> None:
        self._arguments, self._kit = arguments, kit
        self.ended: list[str] = []
        self._start()

    def _start(self) -> None:
        command = [sys.executable, "-X", "faulthandler", str(Path(__file__).with_name("judge.py")), *self._arguments]
        pipe = subprocess.PIPE
        self._errors = tempfile.TemporaryFile("w+")  # noqa: SIM115 (open as long as the judge is)
        self._process = subprocess.Popen(
            command, stdin=pipe, stdout=pipe, stderr=self._errors, text=True, cwd=self._kit, env=ENVIRONMENT
        )

    @property
    def pid(self) -> int:
        return self._process.pid

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
        return self._asks({"argv": argv, "how": how, "environment": environment})

    def mistakes(self, number: str, limit: str) -> list[str]:
        """Run all mistakes of an exercise; those that do something else in a
        check that runs alone.
        """
        return self._asks({"mistakes": number, "how": {"shared": True, "limit": float(limit)}})["unstable"]

    def _asks(self, request: dict) -> dict:
        """Its answer. With `--here` what is graded can end the judge, so it is
        asked twice; `ended` says how it was.
        """
        try:
            return self._exchange(request)
        except JudgeEnded as error:
            self.ended.append(str(error))
            self._start()
            return self._exchange(request)

    def _exchange(self, request: dict) -> dict:
        with contextlib.suppress(BrokenPipeError):
            self._process.stdin.write(json.dumps(request) + "\n")
            self._process.stdin.flush()
        if not (answer := self._process.stdout.readline()):
            code = self._process.wait()
            self._errors.seek(0)
            raise JudgeEnded(f"a judge ended with {code} while it answered {request}:\n{self._errors.read()[-4000:]}")
        return json.loads(answer)

    def close(self) -> None:
        with contextlib.suppress(BrokenPipeError):
            self._process.stdin.close()
        self._process.wait()


class Trees:
    """All files of the selected tests, graded by two judges on two cores: one
    in sandboxes, one with `--here`.

    First come the mistakes, exercise by exercise, by whichever judge is free,
    and what need not be graded in both rooms; then what must be, for which the
    mistakes are then known. One begins at the front and one at the back: what
    was compiled, the other finds kept.
    """

    LIMIT = "120"  # seconds: more time than a learner has, on a machine this busy

    def __init__(self, cases: list[Case], both: set[Case], exercises: set[str]) -> None:
        """`both` are graded in both rooms; of `exercises`, all mistakes are
        run.
        """
        self.judges = {"sandbox": Judge(), "here": Judge("--here")}
        self._futures: dict[tuple[str, Case], Future] = {}
        self._others: dict[str, list[Case]] = defaultdict(list)
        self.unstable: dict[str, Future] = {}
        for case in cases:
            if case.number in exercises:
                self.unstable.setdefault(case.number, Future())
            if case in both:
                self._futures |= {(name, case): Future() for name in self.judges}
            else:
                self._futures["", case] = Future()
                self._others[case.number].append(case)
        self._waiting = deque(dict.fromkeys([*self.unstable, *self._others]))
        self._threads = [
            threading.Thread(target=self._work, args=(name, take), daemon=True)
            for name, take in (("sandbox", deque.popleft), ("here", deque.pop))
        ]
        for thread in self._threads:
            thread.start()

    def _work(self, name: str, take: Callable[[deque], str]) -> None:
        with contextlib.suppress(IndexError):  # none is left
            while number := take(self._waiting):
                if number in self.unstable:
                    self._settle(self.unstable[number], lambda n=number: self.judges[name].mistakes(n, self.LIMIT))
                for case in self._others[number]:
                    self._settle(self._futures["", case], lambda c=case: self._grade(name, c, shared=True))
        own = [case for whose, case in self._futures if whose == name]
        for case in own if name == "sandbox" else reversed(own):
            self._settle(self._futures[name, case], lambda c=case: self._grade(name, c))

    def _settle(self, future: Future, answer: Callable[[], object]) -> None:
        try:
            future.set_result(answer())
        except Exception as error:
            future.set_exception(error)

    def _grade(self, name: str, case: Case, **how: object) -> dict:
        """What `kata grade NUMBER --submission FILE` answers. Right answers
        must do with half of each tolerance: they pass on other processors then,
        which round differently.
        """
        scale = 0.5 if case.kind in ("solution", "alternative") else 1.0
        argv = ["grade", case.number, "--submission", str(case.path), "--limit", self.LIMIT]
        return self.judges[name].ask(*argv, tolerance_scale=scale, constants=case.constants, **how)

    def answer(self, case: Case, name: str = "") -> dict:
        """What is said of a case; by default in a sandbox where it was graded
        in one.
        """
        found = next(
            self._futures[n, case] for n in ([name] if name else ["", "sandbox", "here"]) if (n, case) in self._futures
        )
        return found.result()

    def close(self) -> None:
        self._waiting.clear()
        for judge in self.judges.values():
            judge.close()
            for words in judge.ended:
                warnings.warn(words, stacklevel=2)


@pytest.fixture(scope="session")
def trees(request: pytest.FixtureRequest) -> Iterator[Trees]:
    exercises = {params["exercise"].number for params in asking_for(request, "unstable")}
    both = {params["case"] for params in asking_for(request, "graded_here")}
    trees = Trees(selected(request), both, exercises)
    yield trees
    trees.close()


@pytest.fixture(scope="session")
def unstable(trees: Trees) -> Callable[[str], list[str]]:
    """Of an exercise, all of whose mistakes are run: which of these do not fail
    as they are known to.
    """
    return lambda number: trees.unstable[number].result()


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
        self._judge.run(["list"], {})  # it has collected the checks now, which `reset` writes again

    def reset(self) -> None:
        """Everything as in a fresh clone again."""
        shutil.rmtree(self.path / ".kata")
        fresh.restore(self.path, "exercises", "tests")
        link_kept(self.path)

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
def graded(trees: Trees) -> Callable[[Case], dict]:
    """What `kata grade` says of a case: {"code", "output", "errors", "report"};
    of some cases, with `--here`.
    """
    return trees.answer


@pytest.fixture(scope="session")
def graded_here(trees: Trees) -> Callable[[Case], dict]:
    """The same with `--here`."""
    return lambda case: trees.answer(case, "here")
