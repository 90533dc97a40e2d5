"""The judge's end: rooms that hold a learner's code, and handles that read like
the objects over there.

A `Room` answers questions. `Sandboxed` asks a process of its own and can kill
it; `Here` asks the same `Sandbox` object inside this process, so that
`breakpoint()` works. Everything else is the same for both.
"""

import bdb
import contextlib
import difflib
import os
import shutil
import signal
import socket
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import psutil

from flaxkata import confine, guard, nursery, wire

LIMIT = 30.0  # seconds that one exercise may keep the judge waiting; the slowest of chapter 1 takes about 2
LARGE = 1000  # MB at which a sandbox that all files of ours share is replaced; what JAX compiles stays in it, 10 MB a file
MARK = b"\x00\x01 no more prints \x01\x00\n"  # in the stream of prints, where it is read
KEPT = 8000  # characters of a learner's prints that are kept; the rest is counted


class ExecutionError(Exception):
    """Code over there gave no answer: it raised, ended, ran out of time, or is
    no longer asked.
    """


class LearnerError(ExecutionError):
    """The learner's code raised. `where` is what was asked; `frames` are (file,
    line, function, text).
    """

    def __init__(self, where: str, kind: str, message: str, frames: list[list] | None = None) -> None:
        super().__init__(f"{where} raised {kind}: {message}")
        self.where, self.kind, self.message, self.frames = where, kind, message, frames or []


class Todo(LearnerError):
    """The stub's NotImplementedError, raised in the submission's own file."""


class Unloadable(LearnerError):
    """The submission's file cannot be executed, or lacks a name that the checks
    call.
    """


class Killed(ExecutionError):
    """The sandbox ended, or sent something that is no answer."""


class Timeout(ExecutionError):
    """The time limit of the exercise ran out; the sandbox was killed."""


class Dropped(ExecutionError):
    """Nobody waits for the answer any more."""


class NoDevice(Exception):
    """JAX does not have the device that was asked for."""


# --- rooms ---


class Room:
    """A place where a learner's code runs. Subclasses say how a question gets
    there: `_exchange`.
    """

    path = ""  # the submission's file
    walls: list  # what confines it, in words
    libraries: dict[str, "Handle"]
    met_todo = False  # whether a stub raised, also where a check swallowed it
    printed = ""

    def ask(self, where: str, do: str, value: Any = None, **question: Any) -> Any:
        """The answer to one question of `sandbox.Sandbox`. Raises LearnerError,
        Killed, Timeout.
        """
        tree, arrays = wire.encode(value, _argument)
        reply, payload = self._exchange(where, {"do": do, "value": tree, **question}, arrays)
        match reply:
            case {"ok": answer}:
                try:
                    return wire.decode(answer, payload)
                except wire.WireError as error:
                    raise self._lost(where, str(error)) from None
            case {"error": {"kind": str(kind), "message": str(text), "frames": list(frames), "innermost": str(last)}}:
                if all(isinstance(f, list) and [type(x) for x in f] == [str, int, str, str] for f in frames):
                    raise self._raised(where, kind, text, frames, last)
        raise self._lost(where, "a message that is no answer")

    def handle(self, where: str, do: str, value: Any = None, **question: Any) -> "Handle":
        """A handle to what the question leads to; `where` is how the handle
        reads.
        """
        answer = self.ask(where, do, value, **question)
        if not isinstance(answer, wire.Ref):
            raise self._lost(where, "data where an object was asked for")
        return Handle(self, answer.id, where)

    def device(self) -> tuple[str, str]:
        """JAX's platform and the name of its first device. The first question
        to every room.
        """
        match self.ask("jax.devices()", "hello"):
            case [str(platform), str(kind), list(walls)]:
                self.walls = walls
                return platform, kind
        raise self._lost("jax.devices()", "something else than a device")

    def open(self, path: str, source: str, name: str = "") -> "Module":
        """Load a submission's file; what comes back reads like its module, of
        this `name` whatever the file's is.
        """
        self.path = path
        try:
            return Module(self, self.handle("loading the file", "load", path=path, source=source, name=name)._id, "")
        except LearnerError as error:
            if isinstance(error, Todo):
                raise
            raise Unloadable(error.where, error.kind, error.message, error.frames) from None

    def open_ours(self, path: str, source: str) -> "Handle":
        """A module of ours beside the learner's."""
        return Fixed(self, self.handle(path, "load", path=path, source=source, name="")._id, "")

    def library(self, name: str) -> "Handle":
        """A library over there, such as `jax`."""
        if name not in self.libraries:
            self.libraries[name] = Fixed(self, self.handle(name, "import", name=name)._id, name)
        return self.libraries[name]

    def _raised(self, where: str, kind: str, text: str, frames: list, last: str) -> LearnerError:
        frames = [f for f in frames if f[0] == self.path]
        if kind == "NotImplementedError" and last == self.path:
            self.met_todo = True
            return Todo(where, kind, text, frames)
        return LearnerError(where, kind, text, frames)

    def _lost(self, where: str, what: str) -> Killed:
        self.close()
        return Killed(f"The process running your code sent {what} during `{where}`, so it was stopped.")

    def close(self, patience: float = 0.0) -> int:
        """End whatever runs over there."""
        return 0


class Sandboxed(Room):
    """A process of its own; it may keep the judge waiting `limit` seconds in
    all.
    """

    def __init__(
        self,
        source: "nursery.Nursery | nursery.Spawner",
        limit: float,
        confined: "confine.Walls | None" = None,
        memory: int = 0,
        devices: int = 1,
    ) -> None:
        """`confined` shuts it in, `memory` is how many MB it may use; 0 for as
        many as there are.
        """
        self.left = limit
        self.libraries = {}
        self.dropped = False
        self._child: nursery.Child | None = source.child(confined, devices)
        self._prints = Prints(self._child.output)
        self._scratch = confine.own_folder(confined, self._child.pid) if confined else ""
        self._guard = guard.Guard(self._child.pid, memory, self._scratch) if memory else None

    def _exchange(self, where: str, message: dict, arrays: list) -> tuple[dict, bytearray]:
        if self.dropped:
            raise Dropped
        if self._child is None:
            raise Killed(f"The process that should run `{where}` has already ended.")
        started, sock = time.monotonic(), self._child.sock
        try:
            sock.settimeout(max(self.left, 0.001))
            sock.sendall(wire.pack(message, arrays))
            return wire.receive(sock, started + self.left)
        except (wire.OutOfTime, TimeoutError):
            self.close()
            raise Timeout(f"`{where}` did not come back within the time limit, so it was stopped.") from None
        except (wire.Closed, OSError):
            end = _last_words(self.close(patience=0.0 if self.dropped else 1.0))
            if self.dropped:
                raise Dropped from None
            if self._guard and self._guard.why:
                raise Killed(f"The process running your code was stopped during `{where}`: {self._guard.why}.") from None
            raise Killed(f"The process running your code ended during `{where}`: {end}.") from None
        except wire.WireError as error:
            raise self._lost(where, str(error)) from None
        except KeyboardInterrupt:
            self.close()  # its answer would be taken for that of the next question
            raise
        finally:
            self.left -= time.monotonic() - started

    def drop(self, now: bool) -> None:
        """From another thread: ask no more; `now` ends the question in hand,
        and with it the sandbox.
        """
        self.dropped = True
        if now and (child := self._child):
            with contextlib.suppress(OSError):
                child.sock.shutdown(socket.SHUT_RDWR)

    def renew(self, limit: float) -> None:
        """Ready for a first question again, after code of ours ran here: what
        JAX compiled stays, all else is dropped.
        """
        self.dropped, self.left = False, limit
        self.ask("", "forget")
        self.libraries.clear()
        self.left, self.met_todo = limit, False
        self._prints.forget()

    def close(self, patience: float = 0.0) -> int:
        """Kill the sandbox and all it started; its exit status."""
        child, self._child = self._child, None
        if self._guard:
            self._guard.stop()
        status = child.end(patience) if child else 0
        if child and self._scratch:
            with contextlib.suppress(RecursionError):
                shutil.rmtree(self._scratch, ignore_errors=True)
        return status

    @property
    def alive(self) -> bool:
        return self._child is not None

    def size(self) -> int:
        """MB of memory that its process uses now; 0 when it has ended."""
        with contextlib.suppress(psutil.Error):
            return psutil.Process(self._child.pid).memory_info().rss >> 20 if self._child else 0
        return 0

    @property
    def printed(self) -> str:
        if self.alive:
            with contextlib.suppress(LearnerError, Killed, Timeout, Dropped):
                self.ask("print", "mark", mark=MARK.decode())
                return self._prints.up_to_mark()
        return self._prints.text()


class Here(Room):
    """The same questions, answered in this process: for debuggers and
    notebooks. Nothing can be stopped.
    """

    left = float("inf")

    def __init__(self, device: str, root: Path, devices: int = 1) -> None:
        self.libraries = {}
        os.environ.update(nursery.environment(device))  # before JAX is imported
        from flaxkata import cache, lowering, sandbox

        cache.use(str(root / nursery.KEPT))
        lowering.shorten()
        sandbox.set_devices(devices)
        self._sandbox = sandbox.Sandbox(passing=(KeyboardInterrupt, bdb.BdbQuit))

    def _exchange(self, where: str, message: dict, arrays: list) -> tuple[dict, bytearray]:
        reply, answer = self._sandbox.answer(message, bytearray(b"".join(a.tobytes() for a in arrays)))
        return reply, bytearray(b"".join(a.tobytes() for a in answer))


def _last_words(status: int) -> str:
    if status < 0:
        return f"it was ended by {signal.Signals(-status).name}"
    return f"it exited with status {status}, as `os._exit({status})` does"


class Prints:
    """Drains a pipe, so that printing never blocks; keeps the first KEPT
    characters and counts the rest.
    """

    def __init__(self, fd: int) -> None:
        self._fd, self._kept, self._more, self._tail = fd, bytearray(), 0, b""
        self._new = threading.Condition()
        self._thread = threading.Thread(target=self._drain, daemon=True)
        self._thread.start()

    def _drain(self) -> None:
        with open(self._fd, "rb", buffering=0) as pipe:
            while part := pipe.read(1 << 16):
                with self._new:
                    room = KEPT - len(self._kept)
                    self._kept += part[:room]
                    self._more += len(part[room:])
                    self._tail = (self._tail + part)[-len(MARK) :]
                    self._new.notify()

    def up_to_mark(self) -> str:
        """What was printed before the MARK that the sandbox was asked to
        print.
        """
        with self._new:
            self._new.wait_for(lambda: self._tail == MARK, timeout=0.2)
            return self._text().replace(MARK.decode(), "")

    def text(self) -> str:
        """What was printed, once the sandbox is closed."""
        self._thread.join(0.2)
        return self._text()

    def _text(self) -> str:
        more = f"\n... and {self._more:,} bytes more" if self._more > len(MARK) else ""
        return self._kept.decode(errors="replace") + more

    def forget(self) -> None:
        with self._new:
            self._kept.clear()
            self._more, self._tail = 0, b""


# --- where rooms come from ---


@dataclass(frozen=True)
class How:
    """The settings of a run."""

    device: str = "cpu"
    limit: float = LIMIT
    here: bool = False
    one_room: bool = False  # for code of ours, which leaves nothing behind: one sandbox, where much is compiled only once
    secret: str = ""  # mixed into the seeds of all inputs, so that nobody can know them beforehand
    memory: int = 0  # MB that a sandbox may use; 0 for as many as there are
    walls: confine.Walls | None = None  # what a sandbox is shut in
    kept: Path | None = None  # where what is known of mistakes is kept; in the kit otherwise
    devices: int = 1  # that the exercise in hand needs; several are always the CPU's


class Rooms:
    """The rooms of a judge. One sandbox is always forked ahead, so that its
    device is ready when it is asked.
    """

    def __init__(self, root: Path) -> None:
        self._root = root
        self._ahead: dict[tuple[str, int], Sandboxed] = {}  # by device, and how many
        self._common: dict[tuple[str, int], Sandboxed] = {}
        self._warm: dict[str, tuple[str, Sandboxed]] = {}  # by device, with the place of the exercise it is warmed for
        self._used: list[Room] = []

    def take(self, place: str, how: How, limit: float, last: bool = True) -> Room:
        """A room for one exercise's run. Unless it is the `last`, another is
        forked ahead.
        """
        if how.here:
            return Here(how.device, self._root, how.devices)
        if how.one_room:
            return self._shared(How(how.device, devices=how.devices), limit)
        return self.spare(place, how, limit, last)

    def spare(self, place: str, how: How, limit: float, last: bool = True) -> Sandboxed:
        """The sandbox that is warm for an exercise, or one in which nothing has
        run.
        """
        warmed, room = self._warm.pop(how.device, ("", None))
        if room and warmed == place:
            room.left = limit
            with contextlib.suppress(LearnerError, Killed, Timeout):  # somebody may have ended it meanwhile
                room.device()
                return room
        if room:
            room.close()
        key = how.device, how.devices
        room = self._ahead.pop(key, None) or self._forked(how, limit)
        room.left = limit
        if not last and nursery.can_fork():
            self._ahead[key] = self._forked(how, limit)
        return room

    def _forked(self, how: How, limit: float) -> Sandboxed:
        """A new sandbox. A learner's code can end the process that forks them;
        another one is started then, once.
        """
        with contextlib.suppress(nursery.NurseryGone):
            return Sandboxed(nursery.start(how.device, self._root), limit, how.walls, how.memory, how.devices)
        return Sandboxed(nursery.start(how.device, self._root), limit, how.walls, how.memory, how.devices)

    def keep_warm(self, place: str, how: How, room: Sandboxed) -> None:
        """Keep a sandbox, in which code of ours ran, for the next run of an
        exercise.
        """
        with contextlib.suppress(LearnerError, Killed, Timeout):
            room.renew(how.limit)
            self._warm[how.device] = (place, room)

    def retire(self, room: Room) -> None:
        """Have a room closed at the next `sweep`: ending its process takes 15
        ms for which no verdict need wait.
        """
        self._used.append(room)

    def sweep(self) -> None:
        """Close the rooms that were used."""
        while self._used:
            self._used.pop().close()

    def _shared(self, how: How, limit: float) -> Sandboxed:
        key = how.device, how.devices
        if (old := self._common.get(key)) and old.size() > LARGE:
            old.close()
        if key not in self._common or not self._common[key].alive:
            self._common[key] = self._forked(how, limit)
        room = self._common[key]
        room.left, room.dropped = limit, False
        return room

    def close(self) -> None:
        self.sweep()
        for room in [*self._ahead.values(), *self._common.values(), *(room for _, room in self._warm.values())]:
            room.close()


def device_name(device: str, root: Path) -> str:
    """What JAX calls the first `device` ("cpu", "gpu" or "tpu"). Raises
    NoDevice with what was looked for and found.
    """
    room = Sandboxed(nursery.start(device, root), limit=120)
    try:
        platform, kind = room.device()
    except (LearnerError, Killed, Timeout) as error:
        reason = error.message if isinstance(error, LearnerError) else str(error)
        raise NoDevice(f"Looked for a {device.upper()} with JAX and found none: {' '.join(reason.split())[:300]}") from None
    finally:
        room.close()
    if platform != device:
        raise NoDevice(f"Looked for a {device.upper()} with JAX and found {platform}: {kind}.")
    return kind


# --- handles ---


class Handle:
    """An object over there. Attribute, item and call give handles again;
    `fetch` gives data.
    """

    __slots__ = ("_expr", "_id", "_room")
    __iter__ = None  # Python would try items 0, 1, 2, ... one round trip each

    def __init__(self, room: Room, id: int, expr: str) -> None:
        self._room, self._id, self._expr = room, id, expr

    def __repr__(self) -> str:
        return self._expr

    def __bool__(self) -> bool:
        raise TypeError(f"{self._expr} is over there; fetch() it first")

    def __getattr__(self, name: str) -> "Handle":
        if name.startswith("__"):
            raise AttributeError(name)
        return self._room.handle(f"{self._expr}.{name}" if self._expr else name, "get", id=self._id, name=name)

    def __getitem__(self, key: Any) -> "Handle":
        return self._room.handle(f"{self._expr}[{show(key)}]", "item", key, id=self._id)

    def __call__(self, *args: Any, **kwargs: Any) -> "Handle":
        shown = [show(a) for a in args] + [f"{k}={show(v)}" for k, v in kwargs.items()]
        question = {"args": args, "kwargs": kwargs}
        return self._room.handle(f"{self._expr}({', '.join(shown)})", "call", question, id=self._id)


class Fixed(Handle):
    """A module of ours or a library, whose attributes stay what they are: each
    is asked for once.
    """

    __slots__ = ("_names",)

    def __init__(self, room: Room, id: int, expr: str) -> None:
        super().__init__(room, id, expr)
        self._names: dict[str, Fixed] = {}

    def __getattr__(self, name: str) -> Handle:
        if name not in self._names:
            found = super().__getattr__(name)
            self._names[name] = Fixed(found._room, found._id, found._expr)
        return self._names[name]


class Module(Handle):
    """The learner's module; a name that it lacks is explained."""

    __slots__ = ()

    def __getattr__(self, name: str) -> Handle:
        try:
            return super().__getattr__(name)
        except LearnerError as error:
            if error.kind != "AttributeError":
                raise
        names = self._room.ask(name, "names", id=self._id)
        near = difflib.get_close_matches(name, [n for n in names if isinstance(n, str)], n=1)
        nearest = f" It has `{near[0]}`: was it renamed?" if near else ""
        raise Unloadable(f"`{name}`", "AttributeError", f"the file has no `{name}`, which the checks call.{nearest}")


def named(handle: Handle, name: str) -> Handle:
    """The same object under a name that reads better in messages:
    `variables`.
    """
    return Handle(handle._room, handle._id, name)


def fetch(thing: Any) -> Any:
    """What a handle stands for, as data: dicts, lists and tuples of Python
    values and of `wire.Array`, `Spec`, `Opaque`.
    """
    return thing._room.ask(thing._expr, "fetch", id=thing._id) if isinstance(thing, Handle) else thing


def show(thing: Any) -> str:
    """An argument, short: `variables`, `port_mlp(...)`, `float32(5, 10)`,
    `'fc1'`, `[(float32(5, 10), int32(5,)), ...]`.
    """
    if isinstance(thing, Handle):
        return thing._expr if len(thing._expr) <= 24 else thing._expr.partition("(")[0] + "(...)"
    if isinstance(thing, np.ndarray) or hasattr(thing, "detach"):
        return f"{str(thing.dtype).removeprefix('torch.')}{tuple(thing.shape)}"
    if isinstance(thing, dict):
        return "{" + ", ".join(f"{k!r}: ..." for k in list(thing)[:2]) + (", ...}" if len(thing) > 2 else "}")
    parts = (Handle, list, tuple, dict)
    if isinstance(thing, list | tuple) and any(hasattr(i, "dtype") or isinstance(i, parts) for i in thing):
        most = 3 if isinstance(thing, tuple) else 1
        words = ", ".join([show(i) for i in thing[:most]] + ["..."] * (len(thing) > most))
        return f"({words})" if isinstance(thing, tuple) else f"[{words}]"
    words = repr(thing)
    return words if len(words) <= 24 else f"{words[:20]}..."


def _argument(thing: Any) -> Any:
    """Arguments across: a PyTorch tensor arrives as a `jax.Array`, a NumPy
    array as a NumPy array, a handle as its object.
    """
    if isinstance(thing, Handle):
        return wire.Ref(thing._id)
    if isinstance(thing, np.ndarray):
        return wire.Array("numpy.ndarray", str(thing.dtype), thing)
    dtype = str(thing.dtype).removeprefix("torch.")
    tensor = thing.detach().cpu()
    return wire.Array("jax.Array", dtype, (tensor.float() if dtype == "bfloat16" else tensor).numpy())
