"""Watches the process of a sandbox from outside, and kills it when it uses more
than it may.
"""

import contextlib
import os
import signal
import threading
import time

import psutil

LOOKS = 0.03  # seconds between two looks; a process fills about 50 MB meanwhile
THREADS = 200  # JAX on a CPU uses about as many as there are cores
PROCESSES = 16
DISK = 256  # MB in its working directory


class Guard:
    """Looks at a process until `stop`. `why` says what it was killed for, if it
    was.
    """

    def __init__(self, pid: int, memory: int, scratch: str) -> None:
        """`memory` in MB of resident size, of the process and all that it
        started.
        """
        self.why = ""
        self._memory, self._scratch = memory, scratch
        self._stopped = threading.Event()
        with contextlib.suppress(psutil.Error):
            self._process = psutil.Process(pid)
            threading.Thread(target=self._watch, daemon=True).start()

    def stop(self) -> None:
        self._stopped.set()

    def _watch(self) -> None:
        looked = 0.0
        while not self._stopped.wait(LOOKS):
            thoroughly = time.monotonic() > looked + 0.3
            try:
                why = self._excess(thoroughly)
            except (psutil.Error, OSError):
                if not self._process.is_running():
                    return
                continue  # something that it had started has ended meanwhile
            if why:
                self._kill(why)
                return
            looked = time.monotonic() if thoroughly else looked

    def _excess(self, thoroughly: bool) -> str:
        """What is too much, or nothing; what takes long to find out only if
        `thoroughly`.
        """
        used = self._process.memory_info().rss
        if thoroughly:
            others = self._process.children(recursive=True)
            if len(others) > PROCESSES:
                return f"it started more than {PROCESSES} processes"
            used += sum(o.memory_info().rss for o in others)
            if self._process.num_threads() > THREADS:
                return f"it started more than {THREADS} threads"
            if self._scratch and _size(self._scratch, DISK << 20) > DISK << 20:
                return f"it wrote more than {DISK} MB of files"
        return f"it used more than {self._memory:,} MB of memory" if used > self._memory << 20 else ""

    def _kill(self, why: str) -> None:
        if not self._stopped.is_set():
            self.why = why
            with contextlib.suppress(OSError):
                os.kill(self._process.pid, signal.SIGKILL)


def _size(folder: str, enough: int) -> int:
    """Bytes on disk in a folder; stops counting at `enough`."""
    total = 0
    for place, _, names in os.walk(folder):
        for name in names:
            with contextlib.suppress(OSError):
                total += os.lstat(os.path.join(place, name)).st_blocks * 512
        if total > enough:
            break
    return total
