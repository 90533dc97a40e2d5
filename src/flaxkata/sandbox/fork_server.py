"""The processes: one that imports JAX once and forks sandboxes, and the
sandboxes themselves.

Where sandboxes are not forked, each is `spawned` and imports JAX itself.
"""

import contextlib
import functools
import json
import os
import signal
import socket
import sys
import time
from collections.abc import Callable

from flaxkata import wire
from flaxkata.sandbox import compile_cache, confinement, jax_setup, loader
from flaxkata.sandbox.interpreter import Interpreter


def serve(sock: socket.socket, protections: list[str]) -> None:
    """Answer until the judge hangs up. The device is made ready before the
    first question.
    """
    loader.refuse_torch()
    interpreter = Interpreter(protections=protections)
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]
    if protections:
        compile_cache.read_only()
    with contextlib.suppress(Exception):  # the judge hears of it when it asks for the device
        jax_setup.first_device()
    while True:
        try:
            question, payload = wire.receive(sock)
        except wire.Closed:
            return
        sock.settimeout(None)
        sock.sendall(wire.pack(*interpreter.answer(question, payload)))


def fork_sandboxes(control: socket.socket, cache: str) -> None:
    """Fork a sandbox at each `fork`, end one at each `end`; when the judge
    leaves, end them all and leave too.
    """
    jax_setup.import_libraries(cache)
    compile_cache.prune(cache)
    adopt_orphans()
    alive: set[int] = set()
    while True:
        data, fds = b"", list[int]()
        with contextlib.suppress(ConnectionResetError):  # the judge was killed before it read an answer
            data, fds, _, _ = socket.recv_fds(control, 1 << 16, 3)
        match data.decode().split(maxsplit=2):
            case ["fork", devices, confined]:
                reply = fork(control, fds, int(devices), confined, cache)
                alive.add(reply)
            case ["end", pid, patience]:
                reply = end(int(pid), float(patience))
                alive.discard(int(pid))
                end_orphans(alive)
            case _:
                for sandbox in alive:
                    end(sandbox, 0)
                end_orphans(set())
                return
        with contextlib.suppress(BrokenPipeError):  # the next turn finds out that the judge is gone
            control.sendall(f"{reply:>16}".encode())


@functools.cache
def confining(confined: str, cache: str) -> Callable[[socket.socket | None], list[str]]:
    """What confines a new sandbox, made ready here for all to come; `confined`
    is JSON, null for none.
    """
    if confined == "null":
        return lambda notices: []
    import flax.nnx  # noqa: F401  # of a cohort's hundreds of sandboxes, dozens would, each for 0.2 s

    data = json.loads(confined)
    wanted = wire.Confinement(data["scratch"], tuple(data["hidden"]))
    return functools.partial(confinement.enter, confinement.prepare(wanted, cache), wanted)


def fork(control: socket.socket, fds: list[int], devices: int, confined: str, cache: str) -> int:
    """The pid of a new sandbox that answers on the first of `fds`, prints to
    the second, and lets the judge know through the third what is refused.
    """
    enter = confining(confined, cache)
    jax_setup.assert_forkable()
    if pid := os.fork():
        for fd in fds:
            os.close(fd)
        return pid
    status = 1
    try:
        os.setsid()
        control.close()
        sock, output, notices = fds
        for fd, source in enumerate([os.open(os.devnull, os.O_RDONLY), output, output]):
            os.dup2(source, fd)
        jax_setup.set_devices(devices)
        with socket.socket(fileno=notices) as told:
            inside = enter(told)
        serve(socket.socket(fileno=sock), inside)
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
    """What a sandbox started and left behind becomes a child of this process,
    even with a session of its own.
    """
    if sys.platform == "linux":
        import ctypes

        ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)  # PR_SET_CHILD_SUBREAPER


def end_orphans(alive: set[int]) -> None:
    """Kill all children except the sandboxes that are `alive`, until there are
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


def spawned(port: int, cache: str, devices: int) -> None:
    """A sandbox without a parent to fork it: it calls the judge back, with the
    password that stands on its input.
    """
    sock = socket.create_connection(("127.0.0.1", port))
    password, _, confined = sys.stdin.buffer.read().partition(b"\n")
    sock.sendall(password)
    jax_setup.import_libraries(cache)
    jax_setup.set_devices(devices)
    serve(sock, confining(confined.decode(), cache)(None))
    os._exit(0)
