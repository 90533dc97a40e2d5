"""The judge's end: rooms that hold a learner's code, and handles that read like the objects over there.

A `Room` answers questions. `Sandboxed` asks a process of its own and can kill it; `Here` asks the same `Sandbox`
object inside this process, so that `breakpoint()` works. Everything else is the same for both.
"""

import bdb
import contextlib
import difflib
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from typing import Any

import numpy as np

from flaxkata import wire

LIMIT = 30.0  # seconds that one exercise may keep the judge waiting; the slowest of chapter 1 takes about 2
KEPT = 8000  # characters of a learner's prints that are kept; the rest is counted


class LearnerError(Exception):
    """The learner's code raised. `where` is what was asked; `frames` are (file, line, function, text)."""

    def __init__(self, where: str, kind: str, message: str, frames: list[list] | None = None) -> None:
        super().__init__(f"{where} raised {kind}: {message}")
        self.where, self.kind, self.message, self.frames = where, kind, message, frames or []


class Todo(LearnerError):
    """The stub's NotImplementedError, raised in the submission's own file."""


class Unloadable(LearnerError):
    """The submission's file cannot be executed, or lacks a name that the checks call."""


class Killed(Exception):
    """The sandbox ended, or sent something that is no answer."""


class Timeout(Exception):
    """The time limit of the exercise ran out; the sandbox was killed."""


class NurseryGone(Exception):
    """The process that imports JAX and forks sandboxes has ended, or never came up."""


class NoDevice(Exception):
    """JAX does not have the device that was asked for."""


# --- rooms ---


class Room:
    """A place where a learner's code runs. Subclasses say how a question gets there: `_exchange`."""

    path = ""  # the submission's file
    met_todo = False  # whether a stub raised, also where a check swallowed it
    printed = ""

    def ask(self, where: str, do: str, value: Any = None, **question: Any) -> Any:
        """The answer to one question of `sandbox.Sandbox`. Raises LearnerError, Killed, Timeout."""
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
        """A handle to what the question leads to; `where` is how the handle reads."""
        answer = self.ask(where, do, value, **question)
        if not isinstance(answer, wire.Ref):
            raise self._lost(where, "data where an object was asked for")
        return Handle(self, answer.id, where)

    def device(self) -> tuple[str, str]:
        """JAX's platform and the name of its first device. The first question to every room."""
        match self.ask("jax.devices()", "hello"):
            case [str(platform), str(kind)]:
                return platform, kind
        raise self._lost("jax.devices()", "something else than a device")

    def open(self, path: str, source: str, torch: bool) -> "Module":
        """Load a submission's file; what comes back reads like its module."""
        self.path = path
        try:
            return Module(self, self.handle("loading the file", "load", path=path, source=source, torch=torch)._id, "")
        except LearnerError as error:
            if isinstance(error, Todo):
                raise
            raise Unloadable(error.where, error.kind, error.message, error.frames) from None

    def open_ours(self, path: str, source: str) -> "Handle":
        """A module of ours beside the learner's."""
        return Handle(self, self.handle(path, "load", path=path, source=source, torch=False)._id, "")

    def library(self, name: str) -> "Handle":
        """A library over there, such as `jax`."""
        return self.handle(name, "import", name=name)

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
    """A process of its own, forked from the nursery; it may keep the judge waiting `limit` seconds in all."""

    def __init__(self, nursery: "Nursery", limit: float, torch: bool = False) -> None:
        self.left = limit
        self._nursery = nursery
        self._sock, theirs = socket.socketpair()
        read, write = os.pipe()
        self._pid: int | None = nursery.fork(theirs.fileno(), write, torch)
        theirs.close()
        os.close(write)
        self._prints = Prints(read)

    def _exchange(self, where: str, message: dict, arrays: list) -> tuple[dict, bytearray]:
        if self._pid is None:
            raise Killed(f"The process that should run `{where}` has already ended.")
        started = time.monotonic()
        try:
            self._sock.settimeout(max(self.left, 0.001))
            self._sock.sendall(wire.pack(message, arrays))
            return wire.receive(self._sock, started + self.left)
        except (wire.OutOfTime, TimeoutError):
            self.close()
            raise Timeout(f"`{where}` did not come back within the time limit, so it was stopped.") from None
        except (wire.Closed, OSError):
            end = _last_words(self.close(patience=1.0))
            raise Killed(f"The process running your code ended during `{where}`: {end}.") from None
        except wire.WireError as error:
            raise self._lost(where, str(error)) from None
        finally:
            self.left -= time.monotonic() - started

    def close(self, patience: float = 0.0) -> int:
        """Kill the sandbox and all it started; its exit status."""
        if self._pid is None:
            return 0
        pid, self._pid = self._pid, None
        self._sock.close()
        try:
            return self._nursery.end(pid, patience)
        except NurseryGone:  # a learner's code can reach its parent; the next sandbox gets a new one
            with contextlib.suppress(ProcessLookupError):
                os.killpg(pid, signal.SIGKILL)
            return -signal.SIGKILL

    @property
    def alive(self) -> bool:
        return self._pid is not None

    @property
    def printed(self) -> str:
        return self._prints.text()


class Here(Room):
    """The same questions, answered in this process: for debuggers and notebooks. Nothing can be stopped."""

    left = float("inf")

    def __init__(self, device: str = "cpu") -> None:
        os.environ.update(_environment(device))  # before JAX is imported
        from flaxkata.sandbox import Sandbox

        self._sandbox = Sandbox(passing=(KeyboardInterrupt, bdb.BdbQuit))

    def _exchange(self, where: str, message: dict, arrays: list) -> tuple[dict, bytearray]:
        reply, answer = self._sandbox.answer(message, bytearray(b"".join(a.tobytes() for a in arrays)))
        return reply, bytearray(b"".join(a.tobytes() for a in answer))


def _last_words(status: int) -> str:
    if status < 0:
        return f"it was ended by {signal.Signals(-status).name}"
    return f"it exited with status {status}, as `os._exit({status})` does"


class Prints:
    """Drains a pipe, so that printing never blocks; keeps the first KEPT characters and counts the rest."""

    def __init__(self, fd: int) -> None:
        self._fd, self._kept, self._more = fd, bytearray(), 0
        self._thread = threading.Thread(target=self._drain, daemon=True)
        self._thread.start()

    def _drain(self) -> None:
        with open(self._fd, "rb", buffering=0) as pipe:
            while part := pipe.read(1 << 16):
                room = KEPT - len(self._kept)
                self._kept += part[:room]
                self._more += len(part[room:])

    def text(self) -> str:
        """What was printed so far; complete once the sandbox is closed."""
        self._thread.join(0.2)
        more = f"\n... and {self._more:,} bytes more" if self._more else ""
        return self._kept.decode(errors="replace") + more


# --- the process that forks sandboxes ---


class Nursery:
    """A process that has imported JAX and forks sandboxes; starting it takes no time here, it imports by itself."""

    def __init__(self, device: str = "cpu") -> None:
        ours, theirs = socket.socketpair()
        self._control = ours
        self.device = device
        self._process = subprocess.Popen(
            [sys.executable, "-m", "flaxkata.sandbox", str(theirs.fileno())],
            pass_fds=[theirs.fileno()],
            env=_environment(device),
            start_new_session=True,  # Ctrl-C is for the judge
        )
        theirs.close()

    def fork(self, sock: int, output: int, torch: bool) -> int:
        """The pid of a new sandbox with its end of a socket and of a pipe."""
        return self._command(f"fork {'torch' if torch else 'no'}", [sock, output])

    def end(self, pid: int, patience: float) -> int:
        """Kill a sandbox; its exit status."""
        return self._command(f"end {pid} {patience}", [])

    def _command(self, words: str, fds: list[int]) -> int:
        try:
            socket.send_fds(self._control, [words.encode()], fds)
            answer = self._control.recv(16, socket.MSG_WAITALL)
        except OSError:
            answer = b""
        if not answer:
            raise NurseryGone("The process that imports JAX and forks sandboxes has ended; its last words stand above.")
        return int(answer)

    @property
    def alive(self) -> bool:
        return self._process.poll() is None

    def close(self) -> None:
        self._control.close()
        self._process.wait()


def _environment(device: str) -> dict[str, str]:
    # One thread: JAX and PyTorch share the cores (a step took 13 times as long with two on a busy two-core machine).
    # No preallocation: JAX would take three quarters of a GPU's memory at once.
    return os.environ | {
        "JAX_PLATFORMS": {"gpu": "cuda"}.get(device, device),
        "OMP_NUM_THREADS": "1",
        "XLA_PYTHON_CLIENT_PREALLOCATE": "false",
        "TF_CPP_MIN_LOG_LEVEL": os.environ.get("TF_CPP_MIN_LOG_LEVEL", "2"),
    }


def can_fork() -> bool:
    """Whether this system has what the sandbox needs; Windows has not."""
    return hasattr(os, "fork") and hasattr(socket, "send_fds")


_nursery: Nursery | None = None


def start_nursery(device: str = "cpu") -> Nursery:
    """The nursery of this process, started at the first call: early, so that JAX is imported beside PyTorch."""
    global _nursery
    if _nursery is None or _nursery.device != device or not _nursery.alive:
        _nursery = Nursery(device)
    return _nursery


_common: Sandboxed | None = None


def common_room(device: str, limit: float) -> Sandboxed:
    """One living sandbox for code of ours, which leaves nothing behind: much is compiled only once."""
    global _common
    if _common is None or not _common.alive:
        _common = Sandboxed(start_nursery(device), limit)
    _common.left = limit
    return _common


def device_name(device: str) -> str:
    """What JAX calls the first `device` ("cpu", "gpu" or "tpu"). Raises NoDevice with what was looked for and found."""
    room = Sandboxed(start_nursery(device), limit=120)
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
    """An object over there. Attribute, item and call give handles again; `fetch` gives data."""

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
    """The same object under a name that reads better in messages: `variables`."""
    return Handle(handle._room, handle._id, name)


def fetch(thing: Any) -> Any:
    """What a handle stands for, as data: dicts, lists and tuples of Python values and of `wire.Array`, `Spec`, `Opaque`."""
    return thing._room.ask(thing._expr, "fetch", id=thing._id) if isinstance(thing, Handle) else thing


def show(thing: Any) -> str:
    """An argument, short: `variables`, `port_mlp(...)`, `float32(5, 10)`, `'fc1'`, `[(float32(5, 10), int32(5,)), ...]`."""
    if isinstance(thing, Handle):
        return thing._expr if len(thing._expr) <= 24 else thing._expr.partition("(")[0] + "(...)"
    if isinstance(thing, np.ndarray) or hasattr(thing, "detach"):
        return f"{str(thing.dtype).removeprefix('torch.')}{tuple(thing.shape)}"
    if isinstance(thing, dict):
        return "{" + ", ".join(f"{k!r}: ..." for k in list(thing)[:2]) + (", ...}" if len(thing) > 2 else "}")
    if isinstance(thing, list | tuple) and any(hasattr(i, "dtype") or isinstance(i, Handle | list | tuple) for i in thing):
        most = 3 if isinstance(thing, tuple) else 1
        words = ", ".join([show(i) for i in thing[:most]] + ["..."] * (len(thing) > most))
        return f"({words})" if isinstance(thing, tuple) else f"[{words}]"
    return repr(thing) if len(repr(thing)) <= 24 else f"{repr(thing)[:20]}..."


def _argument(thing: Any) -> Any:
    """Arguments across: a PyTorch tensor arrives as a `jax.Array`, a NumPy array as a NumPy array, a handle as its object."""
    if isinstance(thing, Handle):
        return wire.Ref(thing._id)
    if isinstance(thing, np.ndarray):
        return wire.Array("numpy.ndarray", str(thing.dtype), thing)
    dtype = str(thing.dtype).removeprefix("torch.")
    tensor = thing.detach().cpu()
    return wire.Array("jax.Array", dtype, (tensor.float() if dtype == "bfloat16" else tensor).numpy())
