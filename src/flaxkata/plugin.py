"""pytest: options, the fixtures of graded checks, and what becomes of each
check.

`learner` is the submission's module in its room, `reference` the PyTorch twin,
`jax` the library over there, `inside` our own functions beside the learner's. A
graded check that meets a stub is skipped as `todo`, so that plain `pytest` is
green in a fresh clone. A `Judge` runs the checks of one pytest session as often
as it is asked to.
"""

import ast
import functools
import hashlib
import re
import time
import types
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol

import pytest

from flaxkata import catalog, compare, confine, nursery, remote, report

DESK = pytest.StashKey["Desk"]()


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("flaxkata", "grading exercises")
    group.addoption("--submission", metavar="PATH", help="folder laid out like exercises/, or one file")
    group.addoption("--here", action="store_true", help="run the learner's code in this process, for breakpoint()")
    group.addoption("--limit", type=float, default=remote.LIMIT, help="seconds that one exercise may take")
    group.addoption("--one-room", action="store_true", help="for code of ours: all files in one sandbox, one run after another")
    group.addoption("--device", default="cpu", choices=["cpu", "gpu", "tpu"], help="where JAX computes")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "points(n): what a graded check is worth; 1 without the mark")
    if not hasattr(config.option, "tbstyle"):  # `kata`: nobody sees pytest's tracebacks, and its own style takes 8 ms for each
        config.option.tbstyle = "native"
    submission = Path(config.getoption("--submission") or config.rootpath / "exercises")
    limit, device, here, one_room = (config.getoption(o) for o in ("--limit", "--device", "--here", "--one-room"))
    how = remote.How(device, limit, here, one_room)
    config.stash[DESK] = Desk(config.rootpath, submission, how, remote.Rooms(config.rootpath))


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> None:
    """Before the first file of graded checks imports PyTorch, JAX starts to be
    imported next door.
    """
    desk = parent.config.stash[DESK]
    if not desk.how.here and catalog.of_tests(desk.root, file_path):
        nursery.start(desk.how.device, desk.root)


# --- the checks of one session, as often as asked ---


class Sink(Protocol):
    """Who is told what became of each check, and of each exercise's file."""

    def add(self, place: str, check: report.Check, trace: list, uses: frozenset[str], curves: list) -> None: ...

    def close(self, place: str, loaded: bool, printed: str, device: str, walls: list[str]) -> None: ...


class Judge:
    """Runs the graded checks that a session has collected. Only `drop` may be
    called from another thread.
    """

    def __init__(self, session: pytest.Session) -> None:
        self._config = session.config
        self.rooms = session.config.stash[DESK].rooms
        self._items: dict[str, list[pytest.Item]] = {}
        self._desk: Desk | None = None
        self._dropped = False
        for item in session.items:
            if exercise := _exercise(item):
                self._items.setdefault(exercise.place, []).append(item)

    def checks(self, place: str) -> list[str]:
        """The names of an exercise's checks."""
        return [item.name for item in self._items[place]]

    def run(
        self, places: list[str], submission: Path, how: remote.How, sink: Sink | None, only: list[str] | None = None
    ) -> None:
        """Run the checks of exercises on a submission. Raises NurseryGone, and
        Dropped after `drop`.
        """
        root = self._config.rootpath
        self._use(Desk(root, submission, how, self.rooms, sink, last=places[-1]), places, only)

    def warm(self, place: str, how: remote.How, files: list[Path], seconds: float) -> None:
        """Keep a sandbox ready in which `files` of ours have run: what they
        call is traced and compiled then.

        Begins with the one that is ready, and no other file after `seconds`.
        Raises Dropped; what was done is kept.
        """
        how = replace(how, devices=_exercise(self._items[place][0]).devices)
        room, end = self.rooms.spare(place, how, how.limit), time.monotonic() + seconds
        try:
            for file in files if room.alive else []:
                if time.monotonic() > end:
                    break
                desk = Desk(self._config.rootpath, file, how, self.rooms, None, last=place, keep=True)
                desk.seats[place] = Seat(how.limit, room)
                self._use(desk, [place])
        finally:
            if room.alive:
                self.rooms.keep_warm(place, how, room)

    def _use(self, desk: "Desk", places: list[str], only: list[str] | None = None) -> None:
        self.rooms.sweep()
        self._desk = self._config.stash[DESK] = desk
        try:
            for place in places:
                for item in self._items[place]:
                    if self._dropped:
                        raise remote.Dropped
                    if only is None or item.name in only:
                        item.config.hook.pytest_runtest_protocol(item=item, nextitem=None)  # a drop must leave nothing set up
                desk.finish(place)
            if self._dropped:
                raise remote.Dropped
        except pytest.exit.Exception as error:
            item.session._setupstate.teardown_exact(None)  # pytest leaves it to the end, and a judge goes on
            raise nursery.NurseryGone(str(error)) from None
        finally:
            self._desk = None
            desk.close()

    def drop(self, now: bool = True) -> None:
        """Give up what is run, until `resume`; `now` ends a question that is
        being answered, and its sandbox.
        """
        self._dropped = True
        if desk := self._desk:
            desk.drop(now)

    def resume(self) -> None:
        """Run again, after a `drop`."""
        self._dropped = False


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop(session: pytest.Session) -> bool | None:
    """With a `kata_program` among the plugins, it says what is run."""
    program = session.config.pluginmanager.get_plugin("kata_program")
    if program is None or session.testsfailed:
        return None
    program.run(Judge(session))
    return True


# --- rooms, one for each exercise ---


@dataclass
class Seat:
    """One exercise's room, and what was loaded into it; `left` seconds remain
    of its limit.
    """

    left: float
    room: remote.Room | None = None
    module: Any = None
    inside: Any = None
    loaded: bool = True
    printed: str = ""
    device: str = ""  # its name


class Desk:
    """The rooms of one run. A room that was killed is replaced at the next
    question, with the time that is left.
    """

    def __init__(
        self,
        root: Path,
        submission: Path,
        how: remote.How,
        rooms: remote.Rooms,
        sink: Sink | None = None,
        last: str = "",
        keep: bool = False,
    ) -> None:
        """`last` is the place of the exercise after which none comes; with
        `keep`, rooms stay open.
        """
        self.root, self.submission, self.how, self.rooms, self.sink, self.last = root, submission, how, rooms, sink, last
        self.keep = keep
        self.seats: dict[str, Seat] = {}
        self.walls: list[str] = []  # what confined the learner's code, in words
        self.used: set[str] = set()  # names of the learner's module that the check in hand has asked for
        self.dropped = False

    def seat(self, exercise: catalog.Exercise) -> Seat:
        """The exercise's seat, with a living room."""
        seat = self.seats.setdefault(exercise.place, Seat(self.how.limit))
        if self.dropped:
            raise remote.Dropped
        if seat.room is None:
            if seat.left <= 0:
                raise remote.Timeout(f"Not run: the {self.how.limit:g} s for this exercise were used up.")
            last = self.last in ("", exercise.place)
            how = replace(self.how, devices=exercise.devices)
            seat.room = self.rooms.take(exercise.place, how, seat.left, last)
            if self.how.walls:
                self._first_question(seat.room)
        if not seat.device:
            seat.device, self.walls = seat.room.device()[1], seat.room.walls
        return seat

    def _first_question(self, room: remote.Room) -> None:
        """No learner's code has run there yet: if it ends now, that is no
        outcome of theirs.
        """
        try:
            room.device()
        except (remote.Killed, remote.LearnerError) as error:
            raise nursery.NurseryGone(f"A process for a learner's code did not start: {error}") from None

    def drop(self, now: bool) -> None:
        """From another thread: no more questions."""
        self.dropped = True
        for seat in list(self.seats.values()):
            if isinstance(seat.room, remote.Sandboxed):
                seat.room.drop(now)

    def close(self) -> None:
        """Leave all exercises."""
        for place in list(self.seats):
            self.finish(place)

    def finish(self, place: str) -> None:
        """Leave an exercise: give its room back, and tell what is known of the
        exercise as a whole.
        """
        if (seat := self.seats.pop(place, None)) is None or self.keep:
            return
        if seat.room and not self.how.one_room:
            seat.printed += seat.room.printed
            self.rooms.retire(seat.room)
        if self.sink:
            self.sink.close(place, seat.loaded, seat.printed, seat.device, self.walls)

    def module(self, exercise: catalog.Exercise) -> Any:
        """The learner's module. Raises Todo for a file that is not there,
        Unloadable for one that cannot be executed.
        """
        seat = self.seat(exercise)
        if isinstance(seat.module, Exception):
            raise seat.module
        if seat.module is None:
            path = exercise.submitted(self.submission)
            if not path.is_file():
                seat.room.met_todo = True
                raise remote.Todo("opening the file", "FileNotFoundError", f"there is no file {path}")
            try:
                source = catalog.blank(path.read_text("utf-8"), catalog.PYTORCH)
                seat.module = seat.room.open(str(path), source, exercise.stem)  # errors may have it in their texts
            except UnicodeDecodeError as error:
                seat.loaded, words = False, f"the file is not UTF-8 text: {error.reason} at byte {error.start}"
                seat.module = remote.Unloadable("loading the file", "UnicodeDecodeError", words)
                raise seat.module from None
            except remote.LearnerError as error:
                seat.loaded, seat.module = isinstance(error, remote.Todo), error
                raise
            except (remote.Killed, remote.Timeout):
                seat.loaded = False
                raise
        return seat.module

    def inside(self, exercise: catalog.Exercise) -> Any:
        seat = self.seat(exercise)
        if seat.inside is None:
            seat.inside = seat.room.open_ours(str(exercise.inside), exercise.inside.read_text("utf-8"))
        return seat.inside

    def leave(self, exercise: catalog.Exercise, lost: bool) -> None:
        """After a check; `lost` gives the room up."""
        seat = self.seats.get(exercise.place)
        if seat and seat.room:
            seat.left = seat.room.left
            seat.room.met_todo = False
            if lost:
                seat.room.close()
                seat.printed += seat.room.printed
                seat.room = seat.module = seat.inside = None


class Lazy:
    """Reads like what `get` gives, and asks for it only when it is used: so
    that its failures belong to the check.

    `used` notes the names that were asked for.
    """

    def __init__(self, get: Any, used: set[str]) -> None:
        self._get, self._used = get, used

    def __getattr__(self, name: str) -> Any:
        self._used.add(name)
        return getattr(self._get(), name)


def _exercise(item: pytest.Item) -> catalog.Exercise | None:
    return catalog.of_tests(item.config.stash[DESK].root, item.path)


@pytest.fixture
def learner(request: pytest.FixtureRequest) -> Lazy:
    """The submission's module over there: `learner.set_bias(variables, "fc1",
    2.0)`.
    """
    desk, exercise = request.config.stash[DESK], _exercise(request.node)
    return Lazy(lambda: desk.module(exercise), desk.used)


@pytest.fixture
def inside(request: pytest.FixtureRequest) -> Lazy:
    """The functions of `inside_<exercise>.py`, which run beside the
    learner's.
    """
    desk, exercise = request.config.stash[DESK], _exercise(request.node)
    return Lazy(lambda: desk.inside(exercise), set())


@pytest.fixture
def jax(request: pytest.FixtureRequest) -> Lazy:
    """The `jax` of the other room: `jax.jit(learner.forward)(variables, x)`."""
    desk, exercise = request.config.stash[DESK], _exercise(request.node)
    library = Lazy(lambda: desk.seat(exercise).room.library("jax"), set())
    return Mixed(library, desk.how.secret) if desk.how.secret else library


class Mixed:
    """`jax` or `jax.random`, where a secret is added to the seeds of keys:
    neighbours stay neighbours.
    """

    def __init__(self, library: Any, secret: str) -> None:
        self._library, self._secret = library, secret

    def __getattr__(self, name: str) -> Any:
        if name == "random":
            return Mixed(self._library.random, self._secret)
        found = getattr(self._library, name)
        if name not in ("key", "PRNGKey"):
            return found
        return lambda seed, **options: found(seed + _seed(self._secret) % 2**30, **options)


@pytest.fixture
def reference(request: pytest.FixtureRequest) -> types.SimpleNamespace:
    """The PyTorch section of the exercise's pristine solution, executed here;
    `source` is its text.
    """
    exercise = _exercise(request.node)
    source = catalog.blank(exercise.solution.read_text("utf-8"), catalog.JAX)
    space = {"__name__": f"reference_{exercise.slug}"}
    exec(_compiled(source, str(exercise.solution)), space)
    return types.SimpleNamespace(source=source, **{k: v for k, v in space.items() if not k.startswith("__")})


_compiled = functools.cache(lambda source, path: compile(source, path, "exec", dont_inherit=True))


# --- outcomes ---


def _seed(text: str) -> int:
    """63 bits, from which nobody gets back to `text`."""
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8]) >> 1


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Seeded inputs: the same in every run, others for every check.

    `torch.manual_seed` seeds every device, and formats a stack for each that
    was not used yet: 2 ms of a check's 10.
    """
    if exercise := _exercise(item):
        import torch

        torch.set_num_threads(1)
        secret, name = item.config.stash[DESK].how.secret, f"{exercise.slug}::{item.name}"
        torch.default_generator.manual_seed(_seed(f"{secret}:{name}") if secret else zlib.crc32(name.encode()))
        compare.log.clear()
        compare.curves.clear()
        item.config.stash[DESK].used.clear()


def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> None:
    """Under plain pytest, an exercise's room is given back after its last
    check; a Judge does so itself.
    """
    desk, exercise, then = item.config.stash[DESK], _exercise(item), nextitem and _exercise(nextitem)
    if exercise and exercise != then and not desk.last:
        desk.finish(exercise.place)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo) -> Iterator[None]:
    """Turn what happened into the outcome of a graded check, for pytest and for
    whoever grades.
    """
    error = call.excinfo.value if call.excinfo else None  # before pytest-check puts its own there
    result = yield
    exercise = _exercise(item)
    if exercise is None or call.when == "teardown" or (call.when == "setup" and result.passed):
        return result
    desk = item.config.stash[DESK]
    if isinstance(error, nursery.NurseryGone):
        pytest.exit(str(error), returncode=3)  # nobody's answer was looked at
    seat = desk.seats.get(exercise.place)
    met_todo = bool(seat and seat.room and seat.room.met_todo)
    outcome, findings = _outcome(error, met_todo, result, exercise, bool(desk.how.walls))
    trace = [c for c in compare.log if c.outcome != "equal"]
    if error is not None:
        trace.append(_trace(error, outcome))
    desk.leave(exercise, lost=outcome in ("timeout", "killed"))
    _tell_pytest(result, outcome, findings, item)
    says = " ".join((item.function.__doc__ or item.name).strip().partition("\n\n")[0].split())
    mark = item.get_closest_marker("points")
    check = report.Check(item.name, says, mark.args[0] if mark else 1, outcome, findings, round(call.duration, 3))
    if desk.sink:
        desk.sink.add(exercise.place, check, trace, frozenset(desk.used), list(compare.curves))
    return result


def _outcome(
    error: BaseException | None, met_todo: bool, result: pytest.TestReport, exercise: catalog.Exercise, confined: bool
) -> tuple[str, list[str]]:
    findings = [c.finding for c in compare.log if c.outcome != "equal"]
    match error:
        case remote.Todo(kind="FileNotFoundError"):
            return "todo", [f"{error.message[:1].upper()}{error.message[1:]}; `kata reset` gives a fresh one."]
        case _ if met_todo or isinstance(error, remote.Todo):
            return "todo", []
        case None:
            return ("failed" if findings or result.failed else "passed"), findings
        case remote.Timeout() | remote.Killed():
            return type(error).__name__.lower(), [*findings, str(error)]
        case remote.LearnerError():
            return "broken", [*findings, _raised(error, exercise, confined)]
    # A graded check is meant to cope with whatever comes back; what it could not, it says as it is.
    return "failed", [*findings, f"The check could not go on: {type(error).__name__}: {error}"]


def _raised(error: remote.LearnerError, exercise: catalog.Exercise, confined: bool) -> str:
    what = f"{error.kind}: {_short(error.message)}" if error.message not in ("", "None") else error.kind
    if error.kind == "NameError" and (name := re.search(r"name '(\w+)'", error.message)) and name[1] in _twins(exercise):
        what += f". The PyTorch section is not run with your code; what you need of it, import in the JAX section: `{name[1]}`"
    if error.kind == "PermissionError" and confined:
        what += f". Graded code has {', and '.join(confine.SAYS)}"
    if error.kind == "SystemExit":
        what = "SystemExit: it called exit()"
    if isinstance(error, remote.Unloadable):
        words = f"The file could not be loaded: {what}" if error.where == "loading the file" else error.message
        words = words[:1].upper() + words[1:]
    else:
        words = f"`{error.where}` raised {what}"
    lines = [f"  line {line}, in {name}: {text}" for _, line, name, text in error.frames if text]
    return "\n".join([words, *lines])


def _twins(exercise: catalog.Exercise) -> set[str]:
    """The names that the PyTorch section imports or defines."""
    names: set[str] = set()
    for node in ast.parse(catalog.blank(exercise.solution.read_text("utf-8"), catalog.JAX)).body:
        names |= {a.asname or a.name.partition(".")[0] for a in getattr(node, "names", [])} | {getattr(node, "name", "")}
    return names


def _short(message: str) -> str:
    """The first paragraph without links, its middle left out where it is long
    (Flax prints whole modules).
    """
    words = " ".join(re.sub(r"\(?https?://\S+", "", message.strip().partition("\n\n")[0]).split())
    words = re.split(r" The error occurred while tracing| This \w*Tracer with object id", words)[0]
    return words if len(words) <= 320 else f"{words[:160].rstrip()} ... {words[-150:].lstrip()}"


FLAX_NAMES = ("kernel", "bias", "scale", "embedding", "mean", "var")  # of what Flax's layers have in variables


def _trace(error: BaseException, outcome: str) -> compare.Comparison:
    """An exception as a failed comparison: where, and which one, without what a
    learner is free to choose.
    """
    if not isinstance(error, remote.LearnerError):
        return compare.Comparison("", outcome, type(error).__name__)
    first = error.message.partition("\n")[0]
    if "." in error.kind:  # JAX's and Flax's messages quote the learner's names, and Flax's own; their numbers are shapes
        words = re.findall(f'"({"|".join(FLAX_NAMES)})"', first)
        detail = " ".join(words + re.findall(r"\d+", re.sub(r"\(?http\S+|\"[^\"]*\"|'[^']*'", "", first)))
    else:
        # Two right computations print other last digits, and other addresses.
        detail = re.sub(r"0x[0-9a-f]+|\d+\.\d*(e[-+]?\d+)?", "#", first)
    return compare.Comparison(error.where, "raised", f"{error.kind}: {detail}")


def _tell_pytest(result: pytest.TestReport, outcome: str, findings: list[str], item: pytest.Item) -> None:
    if outcome == "todo":
        result.outcome = "skipped"
        result.longrepr = (str(item.path), item.location[1], f"todo: {' '.join(findings) or 'your code here'}")
    elif outcome != "passed":
        result.outcome = "failed"
        result.longrepr = "\n".join(findings) or result.longrepr


def pytest_sessionfinish(session: pytest.Session) -> None:
    session.config.stash[DESK].close()
    session.config.stash[DESK].rooms.close()
