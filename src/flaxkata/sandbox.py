"""The other room: JAX, Flax and the learner's code. It answers questions and
asks none.

`Sandbox.answer` takes one question of the judge and gives one reply; `serve`
does so over a socket. `nursery` is the program that the judge starts: it
imports JAX once, touches no device, and forks a sandbox for each exercise.
Where there is no fork, `spawned` is a sandbox that imports JAX itself. Of our
own code only the wire, the cache and the lowering are imported here, and what
confines a sandbox where that is asked for.
"""

import builtins
import contextlib
import functools
import gc
import importlib
import json
import linecache
import os
import signal
import socket
import sys
import threading
import time
import traceback
import types
from collections.abc import Callable
from typing import Any

import numpy as np

from flaxkata import cache, lowering, wire

NO_TORCH = (
    "PyTorch is not available to this code: an exercise's functions are written with JAX alone, "
    "and the checks run PyTorch themselves, in another process, to compare"
)
MAX_TEXT = 2000  # characters of an exception's message that travel


_loaded: dict[str, types.ModuleType] = {}  # by path: whose frames a learner wants to see


class Sandbox:
    """Objects by number, and what can be asked about them. Exceptions of the
    types `passing` are not answered.
    """

    def __init__(self, passing: tuple[type[BaseException], ...] = (), walls: list[str] | None = None) -> None:
        self.objects: list[Any] = []
        self.passing = passing
        self.walls = walls or []

    def answer(self, question: dict, payload: bytes | bytearray) -> tuple[dict, list[np.ndarray]]:
        """The reply to one question: `{"ok": value}` or `{"error": {...}}`, and
        its arrays.
        """
        try:
            value = getattr(self, "do_" + question["do"])(question, payload)
            tree, arrays = wire.encode(value, describe)
            wire.pack({"ok": tree}, arrays)
            return {"ok": tree}, arrays
        except self.passing:
            raise
        except BaseException as error:  # exit() and the learner's own BaseExceptions too
            return {"error": failure(error)}, []

    def _keep(self, thing: Any) -> wire.Ref:
        self.objects.append(thing)
        return wire.Ref(len(self.objects) - 1)

    def _value(self, question: dict, payload: bytes | bytearray) -> Any:
        return wire.decode(question["value"], payload, self._object)

    def _object(self, leaf: Any) -> Any:
        import jax

        match leaf:
            case wire.Ref(id):
                return self.objects[id]
            case wire.Array(kind="jax.Array"):
                # jnp.array compiles a program for each shape that it meets: 2.5 ms or more, 30 times in an exercise.
                data = np.asarray(leaf.value, dtype=jax.numpy.dtype(leaf.dtype))
                return jax.device_put(data, may_alias=False)
            case wire.Array():
                return leaf.value
        raise TypeError(f"{leaf} cannot be an argument")

    def do_hello(self, question: dict, payload: bytes | bytearray) -> list:
        """[platform, name of the device, what confines this process]. Asked
        before a learner's code is loaded.
        """
        device = first_device()
        return [device.platform, device.device_kind, self.walls]

    def do_forget(self, question: dict, payload: bytes | bytearray) -> None:
        """Drop all objects and modules; what JAX compiled stays."""
        self.objects.clear()
        for path, module in _loaded.items():
            linecache.cache.pop(path, None)
            if sys.modules.get(module.__name__) is module:
                del sys.modules[module.__name__]
        _loaded.clear()
        gc.collect()
        gc.freeze()  # what is left stays; looking at it again takes 50 ms, in the middle of a learner's run
        gc.set_threshold(50_000, 20)  # Flax makes many small objects: a sixth of a run was garbage collection

    def do_mark(self, question: dict, payload: bytes | bytearray) -> None:
        """Print a mark, so that the judge knows what was printed before it."""
        for stream in (sys.__stdout__, sys.__stderr__):
            with contextlib.suppress(Exception):  # a learner's code may have closed it
                stream.flush()
        os.write(1, question["mark"].encode())

    def do_load(self, question: dict, payload: bytes | bytearray) -> wire.Ref:
        return self._keep(load(question["path"], question["source"], question["name"]))

    def do_import(self, question: dict, payload: bytes | bytearray) -> wire.Ref:
        return self._keep(importlib.import_module(question["name"]))

    def do_names(self, question: dict, payload: bytes | bytearray) -> list[str]:
        """What a module defines itself."""
        space = vars(self.objects[question["id"]])
        return [n for n, v in space.items() if getattr(v, "__module__", None) == space["__name__"]]

    def do_get(self, question: dict, payload: bytes | bytearray) -> wire.Ref:
        return self._keep(getattr(self.objects[question["id"]], question["name"]))

    def do_item(self, question: dict, payload: bytes | bytearray) -> wire.Ref:
        return self._keep(self.objects[question["id"]][self._value(question, payload)])

    def do_call(self, question: dict, payload: bytes | bytearray) -> wire.Ref:
        asked = self._value(question, payload)
        return self._keep(self.objects[question["id"]](*asked["args"], **asked["kwargs"]))

    def do_fetch(self, question: dict, payload: bytes | bytearray) -> Any:
        return self.objects[question["id"]]


def first_device() -> Any:
    """JAX's first device, initialised by this. Raises what JAX raises where
    there is none.
    """
    import jax

    jax.config.update("jax_default_matmul_precision", "highest")
    device = jax.devices()[0]
    # An exercise computes for milliseconds and compiles for seconds: on a CPU a third of its first run.
    jax.config.update("jax_disable_most_optimizations", device.platform == "cpu")
    return device


def set_devices(count: int) -> None:
    """Let JAX have `count` devices: several are the CPU's, one is what the
    environment says.

    Called before its first use; but in the judge's own process another exercise
    may have had others. They are given up.
    """
    import jax
    from jax._src import xla_bridge

    wanted = {"jax_platforms": "cpu" if count > 1 else os.environ["JAX_PLATFORMS"], "jax_num_cpu_devices": count}
    if any(getattr(jax.config, name) != value for name, value in wanted.items()):
        if xla_bridge.backends_are_initialized():
            import jax.extend.backend

            jax.extend.backend.clear_backends()
        for name, value in wanted.items():
            jax.config.update(name, value)


def load(path: str, source: str, name: str = "") -> types.ModuleType:
    """The module that `source` makes, where importing PyTorch is refused;
    `path` is its name in tracebacks.

    It is called `name`, otherwise as its file.
    """
    stem = name or os.path.splitext(os.path.basename(path))[0]
    taken = stem in sys.modules and sys.modules[stem] not in _loaded.values()
    module = _loaded[path] = types.ModuleType(f"kata_{stem}" if taken else stem)
    module.__file__ = path
    linecache.cache[path] = (len(source), None, source.splitlines(keepends=True), path)
    module.__dict__["__builtins__"] = {**vars(builtins), "__import__": _import_without_torch}
    module.__dict__["torch"] = _AbsentTorch()  # the PyTorch section imports it, and is not run here
    sys.modules[module.__name__] = module  # dataclasses and pickles look a class's module up here
    exec(compile(source, path, "exec", dont_inherit=True), module.__dict__)
    return module


def _import_without_torch(name: str, *args: Any, **kwargs: Any) -> Any:
    if name.partition(".")[0] == "torch":
        raise ImportError(NO_TORCH)
    return __import__(name, *args, **kwargs)


class _AbsentTorch:
    def __getattr__(self, name: str) -> Any:
        raise ImportError(f"torch.{name}: {NO_TORCH}")


class _NoTorch:
    """A finder that refuses PyTorch, also to importlib; only where the process
    belongs to one exercise.
    """

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> None:
        if name.partition(".")[0] == "torch":
            raise ImportError(NO_TORCH)


def describe(thing: Any) -> Any:
    """What the wire shall say of something that is not plain: its kind, and its
    data as a fresh copy.
    """
    import jax

    if isinstance(thing, jax.Array):
        if jax.dtypes.issubdtype(thing.dtype, jax.dtypes.prng_key):
            return wire.Array("jax.Array", "uint32", np.asarray(jax.random.key_data(thing)))
        return _array("jax.Array", str(thing.dtype), thing)
    if isinstance(thing, jax.ShapeDtypeStruct):
        return wire.Spec(tuple(thing.shape), str(thing.dtype))
    if isinstance(thing, np.ndarray | np.generic):
        kind = "numpy.ndarray" if isinstance(thing, np.ndarray) else f"numpy.{type(thing).__name__}"
        return _array(kind, str(thing.dtype), thing)
    if type(thing).__module__ == "torch" and hasattr(thing, "detach"):
        return _array("torch.Tensor", str(thing.dtype).removeprefix("torch."), thing.detach().cpu().float().numpy())
    kind = type(thing)
    return wire.Opaque(kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}")


def _array(kind: str, dtype: str, thing: Any) -> Any:
    if dtype not in wire.DTYPES:
        return wire.Opaque(f"{kind} of dtype {dtype}")
    size = int(np.prod(thing.shape, dtype=object)) * wire.DTYPES[dtype].itemsize
    if size > wire.MAX_ARRAYS:
        raise wire.TooLarge(f"{size / 1e6:,.0f} MB in one array; the limit is {wire.MAX_ARRAYS / 1e6:.0f} MB")
    # np.asarray first: a subclass of ndarray could lie about its contents in comparisons
    return wire.Array(kind, dtype, np.array(np.asarray(thing), dtype=wire.DTYPES[dtype], copy=True))


def failure(error: BaseException) -> dict:
    """An exception in plain data: its type, its message, and the frames in
    files that we loaded.
    """
    kind = type(error)
    name = kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"
    frames = traceback.extract_tb(error.__traceback__)
    ours = [f for f in frames if f.filename in _loaded]
    message = _message(error)
    if isinstance(error, SyntaxError) and error.filename:
        line = (error.text or "").strip()
        message = f"{error.msg} (line {error.lineno}){': ' + line if line else ''}"
    return {
        "kind": name,
        "message": message[:MAX_TEXT],
        "frames": [[f.filename, f.lineno or 0, f.name, f.line or ""] for f in ours[-5:]],
        "innermost": frames[-1].filename if frames else "",
    }


def _message(error: BaseException) -> str:
    try:
        return str(error)
    except BaseException as second:  # a learner's own __str__
        return f"(its message could not be read: {type(second).__name__})"


def serve(sock: socket.socket, walls: list[str]) -> None:
    """Answer until the judge hangs up. The device is made ready before the
    first question comes.
    """
    sys.meta_path.insert(0, _NoTorch())
    sandbox = Sandbox(walls=walls)
    sys.stdout.reconfigure(line_buffering=True)
    if walls:
        cache.read_only()
    with contextlib.suppress(Exception):  # whoever asks for the device is told
        first_device()
    while True:
        try:
            question, payload = wire.receive(sock)
        except wire.Closed:
            return
        sock.settimeout(None)
        sock.sendall(wire.pack(*sandbox.answer(question, payload)))


# --- the programs: one that forks sandboxes, one that is a sandbox ---


def assert_forkable() -> None:
    """The one place of the rule: a process that touched a JAX device, or has
    other threads, must not fork sandboxes.

    200 of 200 children of a parent that had called `jax.devices()` hung; none
    of one that had only imported JAX.
    """
    from jax._src import xla_bridge

    if xla_bridge.backends_are_initialized():
        raise RuntimeError("the parent of the sandboxes has touched a JAX device; its children would hang")
    if threading.active_count() != 1:
        raise RuntimeError(f"the parent of the sandboxes has {threading.active_count()} threads; it must have one")


def prepare(kept: str) -> None:
    """Import what exercises use; `kept` is the folder for what JAX compiles."""
    gc.disable()  # nothing of the imports is garbage; 0.3 s of 1.5
    import flax.linen  # noqa: F401
    import optax  # noqa: F401

    cache.use(kept)
    lowering.shorten()
    gc.freeze()  # and it is not looked at again, in no child
    gc.enable()


def nursery(control: socket.socket, kept: str) -> None:
    """Fork a sandbox at each `fork`, end one at each `end`; when the judge
    leaves, end them all and leave too.
    """
    prepare(kept)
    cache.prune(kept)
    adopt_orphans()
    alive: set[int] = set()
    while True:
        data, fds, _, _ = socket.recv_fds(control, 1 << 16, 2)
        match data.decode().split(maxsplit=2):
            case ["fork", devices, walls]:
                reply = fork(control, fds, int(devices), walls, kept)
                alive.add(reply)
            case ["end", pid, patience]:
                reply = end(int(pid), float(patience))
                alive.discard(int(pid))
                end_orphans(alive)
            case _:
                for pid in alive:
                    end(pid, 0)
                end_orphans(set())
                return
        control.sendall(f"{reply:>16}".encode())


@functools.cache
def confining(walls: str, kept: str) -> Callable[[], list[str]]:
    """What shuts a new sandbox in, made ready here for all that are to come;
    `walls` is JSON, null for none.
    """
    if walls == "null":
        return list
    import flax.nnx  # noqa: F401  # of a cohort's hundreds of sandboxes, dozens would, each for 0.2 s

    from flaxkata import confine

    wanted = confine.Walls(**json.loads(walls))
    return functools.partial(confine.enter, confine.prepare(wanted, kept), wanted)


def fork(control: socket.socket, fds: list[int], devices: int, walls: str, kept: str) -> int:
    """The pid of a new sandbox that answers on the first of `fds` and prints to
    the second.
    """
    enter = confining(walls, kept)
    assert_forkable()
    if pid := os.fork():
        for fd in fds:
            os.close(fd)
        return pid
    status = 1
    try:
        os.setsid()
        control.close()
        sock, output = fds
        for fd, source in enumerate([os.open(os.devnull, os.O_RDONLY), output, output]):
            os.dup2(source, fd)
        set_devices(devices)
        serve(socket.socket(fileno=sock), enter())
        status = 0
    finally:
        os._exit(status)


def end(pid: int, patience: float) -> int:
    """Kill a sandbox and all that it started; its exit status as subprocess
    gives it (-9: by SIGKILL).

    A sandbox that is about to exit by itself gets `patience` seconds to do so,
    so that the status is its own.
    """
    deadline = time.monotonic() + patience
    done, status = os.waitpid(pid, os.WNOHANG)
    while not done and time.monotonic() < deadline:
        time.sleep(0.005)
        done, status = os.waitpid(pid, os.WNOHANG)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(pid, signal.SIGKILL)
    if not done:
        done, status = os.waitpid(pid, 0)
    return os.waitstatus_to_exitcode(status)


def adopt_orphans() -> None:
    """On Linux, what a sandbox started and left behind becomes a child of this
    process, also with a session of its own.
    """
    if sys.platform == "linux":
        import ctypes

        ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)  # PR_SET_CHILD_SUBREAPER


def end_orphans(alive: set[int]) -> None:
    """Kill all children but the sandboxes that are `alive`, until there are
    none; for at most 2 seconds.
    """
    deadline = time.monotonic() + 2
    while time.monotonic() < deadline and (orphans := _children() - alive):
        for pid in orphans:
            with contextlib.suppress(OSError):
                os.kill(pid, signal.SIGKILL)
                os.waitpid(pid, 0)


def _children() -> set[int]:
    try:
        with open(f"/proc/self/task/{os.getpid()}/children") as file:
            return {int(pid) for pid in file.read().split()}
    except OSError:
        return set()


def spawned(port: int, kept: str, devices: int) -> None:
    """A sandbox without a parent to fork it: it calls the judge back, with the
    word that stands on its input.
    """
    sock = socket.create_connection(("127.0.0.1", port))
    word, _, walls = sys.stdin.buffer.read().partition(b"\n")
    sock.sendall(word)
    prepare(kept)
    set_devices(devices)
    serve(sock, confining(walls.decode(), kept)())
    os._exit(0)


if __name__ == "__main__":
    if sys.argv[1] == "spawned":
        spawned(int(sys.argv[2]), sys.argv[3], int(sys.argv[4]))
    else:
        nursery(socket.socket(fileno=int(sys.argv[1])), sys.argv[2])
