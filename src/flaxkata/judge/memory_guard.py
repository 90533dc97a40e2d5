"""Watches a sandbox's process from outside, and kills it when it uses more than
it may.
"""

import contextlib
import os
import re
import stat
import sys
import threading
import time
from pathlib import Path

import psutil

INTERVAL = 0.03  # seconds between two looks; a process fills about 50 MB meanwhile
THOROUGH = 0.3  # seconds between two looks at what takes longer to find out
THREADS = 200  # JAX on a CPU uses about as many as there are cores
PROCESSES = 16
DISK = 256  # MB in its working directory, and of files that it keeps open without a name
ONE_FILE = 64  # MB that one file may have
FILES = 2_000  # files and folders; Orbax makes 30
DEPTH = 50  # folders in one another
BLIND = 100  # looks in a row that may fail
BLINDED = "what it uses cannot be seen"


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
        last, failed = 0.0, 0
        while not self._stopped.wait(INTERVAL):
            thorough = time.monotonic() > last + THOROUGH
            try:
                reason, failed = self._excess(thorough), 0
            except (psutil.Error, OSError):
                if not self._process.is_running():
                    return
                failed += 1  # something that it had started has ended meanwhile
                reason = BLINDED if failed > BLIND else ""
            except Exception:  # nothing that a learner's code does may leave it without a guard
                reason = BLINDED
            if reason:
                self._kill(reason)
                return
            last = time.monotonic() if thorough else last

    def _excess(self, thorough: bool) -> str:
        """What is too much, or nothing; what takes long to find out only if
        `thorough`.
        """
        processes = [self._process]
        if thorough:
            processes += _started_by(self._process)
            if len(processes) > PROCESSES + 1:
                return f"it started more than {PROCESSES} processes"
            if self._process.num_threads() > THREADS:
                return f"it started more than {THREADS} threads"
            if self._scratch and (reason := _written(self._scratch, sum(map(_nameless, processes)))):
                return reason
        if sum(map(_memory, processes)) > self._memory << 20:
            return f"it used more than {self._memory:,} MB of memory"
        return ""

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


def _memory(process: psutil.Process) -> int:
    """Bytes of a process: what is resident, and on Linux what was moved out of
    memory, and the tables that lead to it.
    """
    if sys.platform != "linux":
        return int(process.memory_info().rss)
    status = Path(f"/proc/{process.pid}/status").read_text()
    return sum(int(size) for size in re.findall(r"^Vm(?:RSS|PTE|Swap):\s+(\d+) kB", status, re.MULTILINE)) << 10


def _nameless(process: psutil.Process) -> int:
    """Bytes of files without a name that a process keeps, open or mapped. One
    that is only mapped counts as the largest that there may be.
    """
    found: dict[tuple[int, int], int] = {}
    with contextlib.suppress(OSError):  # not Linux, or it has ended
        lines = Path(f"/proc/{process.pid}/maps").read_text().splitlines()  # a pattern takes fourteen times as long
        for line in (line for line in lines if line.endswith(" (deleted)")):
            major, _, minor = line.split()[3].partition(":")
            found[os.makedev(int(major, 16), int(minor, 16)), int(line.split()[4])] = ONE_FILE << 20
        for entry in os.scandir(f"/proc/{process.pid}/fd"):
            with contextlib.suppress(FileNotFoundError):
                about = os.stat(entry.path)
                if not about.st_nlink and stat.S_ISREG(about.st_mode):
                    found[about.st_dev, about.st_ino] = about.st_blocks * 512
    return sum(found.values())


def _written(folder: str, nameless: int) -> str:
    """What is too much of files, or nothing: with the `nameless`, what is in a
    folder.
    """
    size, count, waiting = nameless, 0, [(folder, 0)]
    while waiting:
        place, depth = waiting.pop()
        if size > DISK << 20:
            return f"it wrote more than {DISK} MB of files"
        if depth > DEPTH:
            return f"it made more than {DEPTH} folders in one another"
        try:
            for entry in os.scandir(place):
                about = entry.stat(follow_symlinks=False)
                size += about.st_blocks * 512 if hasattr(about, "st_blocks") else about.st_size
                count += 1
                if entry.is_dir(follow_symlinks=False):
                    waiting.append((entry.path, depth + 1))
                if count > FILES:
                    return f"it made more than {FILES:,} files"
        except (FileNotFoundError, NotADirectoryError):
            continue  # it is gone meanwhile
        except OSError:
            return "it made a folder that cannot be looked into"
    return f"it wrote more than {DISK} MB of files" if size > DISK << 20 else ""
