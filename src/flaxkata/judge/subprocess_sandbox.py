"""The executor that learners' code runs in: a process of its own, which can be
killed at any moment.
"""

import contextlib
import signal
import socket
import threading
import time
from pathlib import Path
from typing import Any

import psutil

from flaxkata import files, wire
from flaxkata.judge.errors import Dropped, ExecutionError, Killed, LearnerError, NoDevice, Timeout
from flaxkata.judge.executor import Executor
from flaxkata.judge.memory_guard import MemoryGuard
from flaxkata.judge.processes import SandboxProcess, SandboxSource

MARK = b"\x00\x01 no more prints \x01\x00\n"  # in the stream of prints, at the place up to which it is read
MOST_PRINTED = 8000  # characters of a learner's prints that are kept; the rest is counted


class SubprocessSandbox(Executor):
    """A sandbox process; it may keep the judge waiting `limit` seconds in
    all.
    """

    def __init__(
        self,
        source: SandboxSource,
        limit: float,
        confinement: wire.Confinement | None = None,
        memory: int = 0,
        devices: int = 1,
    ) -> None:
        """`memory` is how many MB it may use; 0 for as many as there are."""
        super().__init__()
        self.left = limit
        self.dropped = False
        self._process: SandboxProcess | None = source.new(confinement, devices)
        self._prints = Prints(self._process.output)
        self._scratch = confinement.working_directory(self._process.pid) if confinement else ""
        self._guard = MemoryGuard(self._process.pid, memory, self._scratch) if memory else None
        if notices := self._process.notices:
            from flaxkata.judge.refusals import Refusals  # Windows, where there are no notices, cannot import it

            self.refused = Refusals(notices).names

    def _exchange(self, where: str, message: dict[str, Any], arrays: list[Any]) -> tuple[dict[str, Any], bytearray]:
        if self.dropped:
            raise Dropped
        if self._process is None:
            raise Killed(f"The process that should run `{where}` has already ended.")
        started, sock = time.monotonic(), self._process.sock
        try:
            sock.settimeout(max(self.left, 0.001))
            sock.sendall(wire.pack(message, arrays))
            return wire.receive(sock, started + self.left)
        except (wire.OutOfTime, TimeoutError):
            self.close()
            raise Timeout(f"`{where}` did not come back within the time limit, so it was stopped.") from None
        except (wire.Closed, OSError):
            raise self._ended(where) from None
        except wire.WireError as error:
            raise self._lost(where, str(error)) from None
        except (KeyboardInterrupt, Timeout):
            self.close()  # its answer would be taken for that of the next question
            raise
        finally:
            self.left -= time.monotonic() - started

    def _ended(self, where: str) -> ExecutionError:
        status = self.close(patience=0.0 if self.dropped else 1.0)
        if self.dropped:
            return Dropped()
        if self._guard and self._guard.reason:
            return Killed(f"The process running your code was stopped during `{where}`: {self._guard.reason}.")
        return Killed(f"The process running your code ended during `{where}`: {_last_words(status)}.")

    def drop(self, now: bool) -> None:
        """From another thread: ask no more; `now` ends the current question,
        and with it the sandbox.
        """
        self.dropped = True
        if now and (process := self._process):
            with contextlib.suppress(OSError):
                process.sock.shutdown(socket.SHUT_RDWR)

    def renew(self, limit: float) -> None:
        """Ready for a first question again, after code of ours ran here: what
        JAX compiled stays, all else is dropped.
        """
        self.reuse(limit)
        self.ask("", "forget")
        self._libraries.clear()
        self.left, self.stub_reached = limit, False
        self._prints.forget()

    def reuse(self, limit: float) -> None:
        """Let another run ask."""
        self.left, self.dropped = limit, False

    def close(self, patience: float = 0.0) -> int:
        """Kill the sandbox and all that it started; its exit status."""
        process, self._process = self._process, None
        if self._guard:
            self._guard.stop()
        status = process.end(patience) if process else 0
        if process and self._scratch:
            files.remove(Path(self._scratch))
        return status

    @property
    def alive(self) -> bool:
        return self._process is not None

    def size(self) -> int:
        """MB of memory that its process uses now; 0 when it has ended."""
        with contextlib.suppress(psutil.Error):
            return int(psutil.Process(self._process.pid).memory_info().rss) >> 20 if self._process else 0
        return 0

    @property
    def printed(self) -> str:
        if self.alive:
            with contextlib.suppress(ExecutionError):
                self.ask("print", "mark", mark=MARK.decode())
                return self._prints.up_to_mark()
        return self._prints.text()


def _last_words(status: int) -> str:
    if status < 0:
        return f"it was ended by {signal.Signals(-status).name}"
    return f"it exited with status {status}, as `os._exit({status})` does"


class Prints:
    """Drains a pipe, so that printing never blocks; keeps the first
    MOST_PRINTED characters and counts the rest.
    """

    def __init__(self, fd: int) -> None:
        self._fd, self._first, self._more, self._tail = fd, bytearray(), 0, b""
        self._changed = threading.Condition()
        self._thread = threading.Thread(target=self._drain, daemon=True)
        self._thread.start()

    def _drain(self) -> None:
        with open(self._fd, "rb", buffering=0) as pipe:
            while part := pipe.read(1 << 16):
                with self._changed:
                    space = MOST_PRINTED - len(self._first)
                    self._first += part[:space]
                    self._more += len(part[space:])
                    self._tail = (self._tail + part)[-len(MARK) :]
                    self._changed.notify()

    def up_to_mark(self) -> str:
        """What was printed before the MARK that the sandbox was asked to
        print.
        """
        with self._changed:
            self._changed.wait_for(lambda: self._tail == MARK, timeout=0.2)
            return self._text().replace(MARK.decode(), "")

    def text(self) -> str:
        """What was printed, once the sandbox is closed."""
        self._thread.join(0.2)
        return self._text()

    def _text(self) -> str:
        more = f"\n... and {self._more:,} more bytes" if self._more > len(MARK) else ""
        return self._first.decode(errors="replace") + more

    def forget(self) -> None:
        with self._changed:
            self._first.clear()
            self._more, self._tail = 0, b""


def device_name(source: SandboxSource, device: str) -> str:
    """What JAX calls the first `device` ("cpu", "gpu" or "tpu"). Raises
    NoDevice with what was looked for and found.
    """
    sandbox = SubprocessSandbox(source, limit=120)
    looked = f"Looked for a {device.upper()} with JAX and found"
    try:
        platform, kind = sandbox.device()
    except ExecutionError as error:
        reason = error.message if isinstance(error, LearnerError) else str(error)
        raise NoDevice(f"{looked} none: {' '.join(reason.split())[:300]}") from None
    finally:
        sandbox.close()
    if platform != device:
        raise NoDevice(f"{looked} none, only {platform}: {kind}.")
    return kind
