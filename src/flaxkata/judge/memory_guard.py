"""Watches a sandbox's process from outside, and kills it when it uses more than
it may.
"""

import contextlib
import os
import sys
import threading
import time
from pathlib import Path

import psutil

INTERVAL = 0.03  # seconds between two looks; a process fills about 50 MB meanwhile
THOROUGH = 0.3  # seconds between two looks at what takes longer to find out
THREADS = 200  # JAX on a CPU uses about as many as there are cores
PROCESSES = 16
DISK = 256  # MB in its working directory


class MemoryGuard:
    """Looks at a process until `stop`. `reason` says what it was killed for, if
    it was.
    """

    def __init__(self, pid: int, memory: int, scratch: str) -> None:
        """`memory` in MB of resident size, of the process and all that it
        started.
        """
        self.reason = ""
        self._memory, self._scratch = memory, scratch
        self._stopped = threading.Event()
        with contextlib.suppress(psutil.Error):
            self._process = psutil.Process(pid)
            threading.Thread(target=self._watch, daemon=True).start()

    def stop(self) -> None:
        self._stopped.set()

    def _watch(self) -> None:
        last = 0.0
        while not self._stopped.wait(INTERVAL):
            thorough = time.monotonic() > last + THOROUGH
            try:
                reason = self._excess(thorough)
            except (psutil.Error, OSError):
                if not self._process.is_running():
                    return
                continue  # something that it had started has ended meanwhile
            if reason:
                self._kill(reason)
                return
            last = time.monotonic() if thorough else last

    def _excess(self, thorough: bool) -> str:
        """What is too much, or nothing; what takes long to find out only if
        `thorough`.
        """
        used = self._process.memory_info().rss
        if thorough:
            others = _started_by(self._process)
            if len(others) > PROCESSES:
                return f"it started more than {PROCESSES} processes"
            used += sum(other.memory_info().rss for other in others)
            if self._process.num_threads() > THREADS:
                return f"it started more than {THREADS} threads"
            if self._scratch and _size(self._scratch, DISK << 20) > DISK << 20:
                return f"it wrote more than {DISK} MB of files"
        return f"it used more than {self._memory:,} MB of memory" if used > self._memory << 20 else ""

    def _kill(self, reason: str) -> None:
        if not self._stopped.is_set():
            self.reason = reason
            with contextlib.suppress(psutil.Error):
                self._process.kill()


def _started_by(process: psutil.Process) -> list[psutil.Process]:
    """The processes below one. psutil reads all of /proc for them, so on Linux
    it is asked only about a process that has children at all.
    """
    if sys.platform == "linux" and not any(p.read_text() for p in Path(f"/proc/{process.pid}/task").glob("*/children")):
        return []
    return process.children(recursive=True)


def _size(folder: str, enough: int) -> int:
    """Bytes on disk in a folder; stops counting at `enough`."""
    total = 0
    for place, _, names in os.walk(folder):
        for name in names:
            with contextlib.suppress(OSError):
                found = os.lstat(os.path.join(place, name))
                total += found.st_blocks * 512 if hasattr(found, "st_blocks") else found.st_size
        if total > enough:
            break
    return total
