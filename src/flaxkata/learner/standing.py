"""A judge that stays for one learner, who may stop waiting for it at any
moment: for notebooks.
"""

import contextlib
import json
import os
import queue
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from flaxkata import files, report
from flaxkata.exercise import Exercise
from flaxkata.judge import workers
from flaxkata.judge.options import GradeOptions
from flaxkata.judge.protocol import Answer, Request, Settings, to_line

LAST_WORDS = 2000  # characters of them that are shown
POLL = 0.5  # seconds: on Windows, waiting longer could not be interrupted


class Gone(Exception):
    """The judge ended; the message has its last words."""


class StandingJudge:
    """A `server` process, and a folder of its own for what it grades. They end
    when its input does, and so with this process, however that ends.
    """

    def __init__(self, root: Path, device: str) -> None:
        self._root, self._settings = root, Settings(GradeOptions(device), temporary=True)
        self._folder = Path()
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115  # closed with this object
        self._process: subprocess.Popen[str] | None = None
        self._answers: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()
        self._run = 0

    def prepare(self, exercise: Exercise) -> None:
        """Start, and make ready for an exercise. What was being graded is
        dropped.
        """
        self._ask(self._process or self._start(), [], exercise)

    def grade(self, exercise: Exercise, text: str) -> Iterator[tuple[report.Exercise, bool]]:
        """The result of a text, and whether it is complete; with the names of
        mistakes at the latest then. Raises Gone.
        """
        process = self._process or self._start()
        path = self._folder / "submission" / exercise.file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
        self._ask(process, [exercise.number], exercise)
        try:
            for answer in self._listen():
                yield answer.exercises[0], answer.complete
        except BaseException:  # as a Ctrl-C: nobody waits any longer
            if self._process:
                self.prepare(exercise)
            raise

    def _listen(self) -> Iterator[Answer]:
        while True:
            match self._next():
                case {"gone": words}:
                    self.close()
                    raise Gone(words or self._last_words())
                case {"run": self._run, "complete": complete} as answer:
                    yield msgspec.convert(answer, Answer)
                    if complete:
                        return

    def _next(self) -> dict[str, Any]:
        while True:
            try:
                return self._answers.get(timeout=POLL)
            except queue.Empty:
                continue

    def _ask(self, process: subprocess.Popen[str], numbers: list[str], current: Exercise) -> None:
        self._run += 1
        assert process.stdin
        with contextlib.suppress(OSError):  # it has ended, which the answers say
            process.stdin.write(to_line(Request(self._run, numbers, "submission", current.number)))
            process.stdin.flush()

    def _start(self) -> subprocess.Popen[str]:
        self._errors.seek(0)
        self._errors.truncate()
        self._answers = queue.SimpleQueue()
        self._folder = Path(tempfile.mkdtemp(prefix="kata-"))
        process = self._process = workers.start(self._root, self._folder, self._settings, os.environ, self._errors)
        threading.Thread(target=_read, args=(process, self._answers), daemon=True).start()
        return process

    def _last_words(self) -> str:
        self._errors.seek(0)
        return self._errors.read().decode("utf-8", "replace").strip()[-LAST_WORDS:]

    def close(self) -> None:
        """Let it end its sandboxes and itself. Nobody waits for that: a kernel
        that takes its time to end is killed.
        """
        process, self._process = self._process, None
        if process and process.stdin:
            with contextlib.suppress(OSError):
                process.stdin.close()
            files.remove(self._folder)  # as the judge does, unless it was killed


def _read(process: subprocess.Popen[str], answers: queue.SimpleQueue[dict[str, Any]]) -> None:
    """In a thread of its own, which nothing interrupts within a line."""
    assert process.stdout
    for line in process.stdout:
        answers.put(json.loads(line))
    answers.put({"gone": ""})
