"""Where sandboxes come from, at the judge's end: forked by a process that has
imported JAX, or spawned without fork.
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
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path

from flaxkata import confine

KEPT = Path(".kata", "compiled")  # under the kit: what JAX compiled


class NurseryGone(Exception):
    """The process that imports JAX and forks sandboxes has ended, or never came
    up.
    """


@dataclass
class Child:
    """A sandbox's process: the socket to ask it on, the file descriptor to read
    its prints from, and how to end it.
    """

    sock: socket.socket
    output: int
    pid: int
    nursery: "Nursery | None" = None
    process: subprocess.Popen | None = None

    def end(self, patience: float) -> int:
        """Kill it and all it started; its exit status. One about to exit by
        itself gets `patience` seconds to do so.
        """
        self.sock.close()
        try:
            return self.nursery.end(self.pid, patience) if self.nursery else self._end_spawned(patience)
        except NurseryGone:  # a learner's code can reach its parent; the next sandbox gets a new one
            _kill(self.pid)
            return -signal.SIGKILL

    def _end_spawned(self, patience: float) -> int:
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(patience)
        _kill(self.pid)
        return self.process.wait()


def _kill(pid: int) -> None:
    with contextlib.suppress(OSError):
        os.killpg(pid, signal.SIGKILL) if hasattr(os, "killpg") else os.kill(pid, signal.SIGTERM)


class Nursery:
    """A process that has imported JAX and forks sandboxes; starting it takes no
    time here, it imports by itself.
    """

    def __init__(self, device: str, root: Path) -> None:
        ours, theirs = socket.socketpair()
        self._control = ours
        self._process = subprocess.Popen(
            [sys.executable, "-m", "flaxkata.sandbox", str(theirs.fileno()), str(root / KEPT)],
            pass_fds=[theirs.fileno()],
            env=environment(device),
            start_new_session=True,  # Ctrl-C is for the judge
        )
        theirs.close()

    def child(self, walls: confine.Walls | None = None, devices: int = 1) -> Child:
        """A new sandbox, within `walls`; of several `devices`, all are the
        CPU's. Raises NurseryGone.
        """
        sock, theirs = socket.socketpair()
        read, write = os.pipe()
        try:
            pid = self._command(f"fork {devices} {_json(walls)}", [theirs.fileno(), write])
        except NurseryGone:
            sock.close()
            os.close(read)
            raise
        finally:
            theirs.close()
            os.close(write)
        return Child(sock, read, pid, nursery=self)

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
            self._process.kill()
            self._process.wait()  # so that `alive` says so, also when it died this very moment
            raise NurseryGone("The process that imports JAX and forks sandboxes has ended; its last words stand above.")
        return int(answer)

    @property
    def alive(self) -> bool:
        return self._process.poll() is None

    def close(self) -> None:
        self._control.close()
        self._process.wait()


class Spawner:
    """The same where there is no fork: every sandbox imports JAX itself, which
    takes its 2 seconds.
    """

    alive = True

    def __init__(self, device: str, root: Path) -> None:
        self._environment, self._kept = environment(device), str(root / KEPT)

    def child(self, walls: confine.Walls | None = None, devices: int = 1) -> Child:
        """A new sandbox, within `walls`. Raises NurseryGone for one that does
        not call back.
        """
        word = secrets.token_hex(16).encode()  # any program on this machine could call
        with socket.create_server(("127.0.0.1", 0)) as listener:
            port = listener.getsockname()[1]
            command = [sys.executable, "-m", "flaxkata.sandbox", "spawned", str(port), self._kept, str(devices)]
            process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                env=self._environment,
                start_new_session=True,
            )
            process.stdin.write(word + b"\n" + _json(walls).encode())
            process.stdin.close()
            listener.settimeout(60)
            try:
                while True:
                    sock, _ = listener.accept()
                    sock.settimeout(60)
                    if hmac.compare_digest(sock.recv(len(word), socket.MSG_WAITALL), word):
                        return Child(sock, os.dup(process.stdout.fileno()), process.pid, process=process)
                    sock.close()
            except TimeoutError:
                _kill(process.pid)
                raise NurseryGone("A process that should run your code did not start within a minute.") from None
            finally:
                process.stdout.close()

    def close(self) -> None:
        pass


def _json(walls: confine.Walls | None) -> str:
    return json.dumps(walls and asdict(walls))


def environment(device: str, base: Mapping[str, str] = os.environ) -> dict[str, str]:
    """The environment of a sandbox, from `base`."""
    # One thread: JAX and PyTorch share the cores (a step took 13 times as long with two on a busy two-core machine).
    # No preallocation: JAX would take three quarters of a GPU's memory at once.
    return {
        **base,
        "XLA_FLAGS": _flags(base.get("XLA_FLAGS", "")),
        "JAX_PLATFORMS": {"gpu": "cuda"}.get(device, device),
        "OMP_NUM_THREADS": "1",
        "XLA_PYTHON_CLIENT_PREALLOCATE": "false",
        "TF_CPP_MIN_LOG_LEVEL": base.get("TF_CPP_MIN_LOG_LEVEL", "2"),
    }


def _flags(theirs: str) -> str:
    """XLA's flags: on a CPU, short compilations rather than fast programs,
    which run for milliseconds.

    Without the fusion emitters, and with one module for LLVM instead of up to
    32, the solutions of 1.6, 4.4, 6.3, 10.3, 10.4, 10.5 and 10.6 compile in 4.4
    s of processor instead of 12.6. XLA ends a process at a flag that it does
    not know: these are known to jaxlib 0.10. What the environment has comes
    after them, and wins.
    """
    ours = "--xla_cpu_use_fusion_emitters=false --xla_cpu_parallel_codegen_split_count=1"
    known = version("jaxlib").startswith("0.10.")
    return f"{ours} {theirs}".strip() if known and ours not in theirs else theirs


def can_fork() -> bool:
    """Whether sandboxes are forked here; KATA_SPAWN=1 says no, as on
    Windows.
    """
    return hasattr(os, "fork") and hasattr(socket, "send_fds") and not os.environ.get("KATA_SPAWN")


_started: dict[tuple[str, Path], Nursery | Spawner] = {}


def start(device: str, root: Path) -> Nursery | Spawner:
    """This process's nursery for a device, started at the first call: early, so
    that JAX is imported beside PyTorch.
    """
    if (device, root) not in _started or not _started[device, root].alive:
        _started[device, root] = (Nursery if can_fork() else Spawner)(device, root)
    return _started[device, root]
