"""The judge's end of the sandbox processes: forked by one that has imported
JAX, or spawned where there is no fork.
"""

import contextlib
import hmac
import json
import os
import secrets
import signal
import socket
import subprocess
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Protocol

from flaxkata import catalog
from flaxkata.judge.errors import SandboxUnavailable
from flaxkata.wire import Confinement

COMPILED = Path(".kata", "compiled")  # under the kit: what JAX compiled
STARTUP = 60  # seconds that a spawned sandbox may take to call back


class SandboxSource(Protocol):
    """Where new sandbox processes come from."""

    @property
    def alive(self) -> bool: ...

    def new(self, confinement: Confinement | None = None, devices: int = 1) -> "SandboxProcess":
        """A new sandbox with `devices` JAX devices; several are the CPU's.
        Raises SandboxUnavailable.
        """
        ...

    def end(self, process: "SandboxProcess", patience: float) -> int: ...

    def close(self) -> None: ...


@dataclass
class SandboxProcess:
    """A sandbox: the socket to ask it on, the file descriptor to read its
    prints from, where it came from, and the socket on which it says what it is
    refused.
    """

    sock: socket.socket
    output: int
    pid: int
    source: SandboxSource
    notices: socket.socket | None = None

    def end(self, patience: float) -> int:
        """Kill it and all that it started; its exit status. One that is about
        to exit by itself gets `patience` seconds to do so.
        """
        self.sock.close()
        try:
            return self.source.end(self, patience)
        except SandboxUnavailable:  # a learner's code can reach its parent; the next sandbox gets a new one
            _kill(self.pid)
            return -9


def _kill(pid: int) -> None:
    with contextlib.suppress(OSError):
        if hasattr(os, "killpg"):
            os.killpg(pid, signal.SIGKILL)
        else:
            os.kill(pid, signal.SIGTERM)


class ForkServer:
    """A process that imports JAX by itself and forks sandboxes; starting it
    takes no time here.
    """

    def __init__(self, device: str, root: Path) -> None:
        ours, theirs = socket.socketpair()
        self._control = ours
        self._process = subprocess.Popen(
            [*_command("fork-server", device, root), str(theirs.fileno())],
            pass_fds=[theirs.fileno()],
            env=_environment(),
            start_new_session=True,  # Ctrl-C is for the judge
        )
        theirs.close()

    def new(self, confinement: Confinement | None = None, devices: int = 1) -> SandboxProcess:
        (sock, theirs), (notices, their_notices) = socket.socketpair(), socket.socketpair()
        read, write = os.pipe()
        try:
            pid = self._ask(f"fork {devices} {_json(confinement)}", [theirs.fileno(), write, their_notices.fileno()])
        except SandboxUnavailable:
            sock.close()
            notices.close()
            os.close(read)
            raise
        finally:
            theirs.close()
            their_notices.close()
            os.close(write)
        return SandboxProcess(sock, read, pid, self, notices)

    def end(self, process: SandboxProcess, patience: float) -> int:
        return self._ask(f"end {process.pid} {patience}", [])

    def _ask(self, words: str, fds: list[int]) -> int:
        try:
            socket.send_fds(self._control, [words.encode()], fds)
            answer = self._control.recv(16, socket.MSG_WAITALL)
        except OSError:
            answer = b""
        if not answer:
            self._process.kill()
            self._process.wait()  # so that `alive` says so, even when it died this very moment
            raise SandboxUnavailable("The process that imports JAX and forks sandboxes has ended; its last words stand above.")
        return int(answer)

    @property
    def alive(self) -> bool:
        return self._process.poll() is None

    def close(self) -> None:
        self._control.close()
        self._process.wait()


class Spawner:
    """The same without fork: every sandbox imports JAX itself, which takes its
    2 seconds.
    """

    alive = True

    def __init__(self, device: str, root: Path) -> None:
        self._command = _command("spawned", device, root)
        self._processes: dict[int, subprocess.Popen[bytes]] = {}

    def new(self, confinement: Confinement | None = None, devices: int = 1) -> SandboxProcess:
        password = secrets.token_hex(16).encode()  # any program on this machine could call
        with socket.create_server(("127.0.0.1", 0)) as listener:
            process = subprocess.Popen(
                [*self._command, str(listener.getsockname()[1]), str(devices)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                env=_environment(),
                start_new_session=True,
            )
            assert process.stdin and process.stdout
            with process.stdin as stdin, process.stdout as stdout:
                stdin.write(password + b"\n" + _json(confinement).encode())
                stdin.close()
                try:
                    sock = _call_from(listener, password)
                except TimeoutError:
                    _kill(process.pid)
                    raise SandboxUnavailable("A process that should run your code did not start within a minute.") from None
                self._processes[process.pid] = process
                return SandboxProcess(sock, os.dup(stdout.fileno()), process.pid, self)

    def end(self, process: SandboxProcess, patience: float) -> int:
        ended = self._processes.pop(process.pid)
        with contextlib.suppress(subprocess.TimeoutExpired):
            ended.wait(patience)
        _kill(process.pid)
        return ended.wait()

    def close(self) -> None:
        pass


def _call_from(listener: socket.socket, password: bytes) -> socket.socket:
    """The connection of the process that knows the password. Raises
    TimeoutError.
    """
    listener.settimeout(STARTUP)
    while True:
        sock, _ = listener.accept()
        sock.settimeout(STARTUP)
        if hmac.compare_digest(sock.recv(len(password), socket.MSG_WAITALL), password):
            return sock
        sock.close()


def _command(role: str, device: str, root: Path) -> list[str]:
    return [sys.executable, "-m", "flaxkata.sandbox", role, device, str(root / COMPILED)]


def _environment() -> dict[str, str]:
    """What code prints is UTF-8, whatever the terminal's encoding lacks. Where
    mistakes lie is not for answers to know.
    """
    own = {name: value for name, value in os.environ.items() if name != catalog.OWN}
    return own | {"PYTHONIOENCODING": "utf-8:backslashreplace"}


def _json(confinement: Confinement | None) -> str:
    return json.dumps(confinement and asdict(confinement))


def can_fork() -> bool:
    """Whether sandboxes are forked here: on Linux alone. A process that has
    imported JAX and Apple's Accelerate is not safe to fork. KATA_SPAWN=1 says
    no.
    """
    return sys.platform == "linux" and not os.environ.get("KATA_SPAWN")


_sources: dict[tuple[str, Path], SandboxSource] = {}


def start(device: str, root: Path) -> SandboxSource:
    """This process's source of sandboxes for a device, started at the first
    call: early, so that JAX is imported beside PyTorch.
    """
    if (device, root) not in _sources or not _sources[device, root].alive:
        _sources[device, root] = (ForkServer if can_fork() else Spawner)(device, root)
    return _sources[device, root]
