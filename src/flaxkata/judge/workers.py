"""Judges in processes of their own, as many as there are cores: jobs go in,
results come out.
"""

import contextlib
import json
import os
import queue
import shutil
import subprocess
import sys
import threading
from collections import defaultdict, deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import msgspec

from flaxkata import report
from flaxkata.exercise import Exercise
from flaxkata.judge.protocol import Answer, Request, Settings, settings_line, to_line

TRIES = 2  # of one job, when the judge ends
ALONE = 4  # exercises that one judge grades before another has imported PyTorch and JAX


@dataclass(frozen=True)
class Job:
    """One exercise of a submission. With `content`, which is None for a file
    that is not there, a folder of the worker's own holds just that file;
    `submission` is graded where it is. A `known` result only needs the names of
    mistakes.
    """

    exercise: Exercise
    content: bytes | None = None
    submission: Path | None = None
    known: report.Exercise | None = None


class JobQueue:
    """Jobs that were not begun, by exercise. A worker stays at one exercise,
    whose known mistakes it then has run, as long as there are others for the
    other workers; two at one would both run them.
    """

    def __init__(self, jobs: list[Job]) -> None:
        self._lock = threading.Lock()
        self._jobs: dict[str, deque[Job]] = defaultdict(deque)
        self._current: dict[int, str] = {}  # the exercise that each worker is at
        for job in jobs:
            self._jobs[job.exercise.number].append(job)

    def next(self, worker: int) -> Job | None:
        """The next job for a worker; None when there is none."""
        with self._lock:
            left = [number for number, jobs in self._jobs.items() if jobs]
            if not left:
                return None
            others = {number for other, number in self._current.items() if other != worker}
            if self._current.get(worker) not in left:
                self._current[worker] = next((number for number in left if number not in others), left[0])
            return self._jobs[self._current[worker]].popleft()


def start(
    root: Path, folder: Path, settings: Settings, environment: Mapping[str, str], errors: IO[bytes] | None = None
) -> subprocess.Popen[str]:
    """A `server` process with `folder` as its working directory; `errors` take
    what it and its children say when they fail. It ends when its input does.
    """
    folder.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-P", "-m", "flaxkata.judge.server", str(root)]
    pipe, own = subprocess.PIPE, {**environment, "OMP_NUM_THREADS": "1"}
    # A session of its own: Ctrl-C is for us.
    process = subprocess.Popen(
        command, stdin=pipe, stdout=pipe, stderr=errors, text=True, cwd=folder, env=own, start_new_session=True
    )
    assert process.stdin
    process.stdin.write(settings_line(settings))
    return process


class Worker:
    """A `server` process. One that ends is started again, and its job is graded
    again.
    """

    def __init__(self, root: Path, folder: Path, settings: Settings, environment: dict[str, str]) -> None:
        """`folder` is the working directory; paths of submissions are relative
        to it, the same for everybody.
        """
        self._root, self._folder, self._settings, self._environment = root, folder, settings, environment
        self._process: subprocess.Popen[str] | None = None
        self._closed = False
        self._limit = 120 + 20 * settings.options.limit  # a submission, and mistakes that all run into the limit

    def grade(self, job: Job) -> report.Exercise | str:
        """The result, or why there is none."""
        submission = str(job.submission) if job.submission else self._lay_out(job)
        for _ in range(TRIES):
            if result := self._ask(Request(0, [job.exercise.number], submission, known=[job.known] if job.known else [])):
                return result
            self._end()
        return "the judge ended, twice"

    def warm(self) -> bool:
        """Start the process, if there is none; whether it is ready to grade."""
        if self._process or self._closed:
            return not self._closed
        process = self._start()
        with self._limited(process):
            ready = _is_ready(process)
        if not ready:
            self._end()
        return ready

    def _lay_out(self, job: Job) -> str:
        """The submission, alone in the working directory."""
        shutil.rmtree(self._folder / "submission", ignore_errors=True)
        path = self._folder / "submission" / job.exercise.file
        path.parent.mkdir(parents=True)
        if job.content is not None:
            path.write_bytes(job.content)
        return "submission"

    def _ask(self, request: Request) -> report.Exercise | None:
        if self._closed:
            return None
        process = self._process or self._start()
        assert process.stdin and process.stdout
        with contextlib.suppress(OSError, ValueError, RecursionError, msgspec.MsgspecError), self._limited(process):
            process.stdin.write(to_line(request))
            process.stdin.flush()
            return _complete(process.stdout)
        return None

    @contextlib.contextmanager
    def _limited(self, process: subprocess.Popen[str]) -> Iterator[None]:
        """The process ends when this takes too long."""
        timer = threading.Timer(self._limit, process.kill)
        timer.start()
        try:
            yield
        finally:
            timer.cancel()

    def _start(self) -> subprocess.Popen[str]:
        self._process = start(self._root, self._folder, self._settings, self._environment)
        return self._process

    def _end(self) -> None:
        if process := self._process:
            process.kill()
            process.wait()
            self._process = None

    def close(self) -> None:
        self._closed = True
        self._end()


def _is_ready(process: subprocess.Popen[str]) -> bool:
    """Wait until a server has imported everything; False if it ends instead."""
    assert process.stdin and process.stdout
    with contextlib.suppress(OSError, ValueError):
        process.stdin.flush()
        return "ready" in json.loads(process.stdout.readline())
    return False


def _complete(answers: IO[str]) -> report.Exercise | None:
    """The complete result among a server's answers; None at their end."""
    for line in answers:
        data = json.loads(line)
        if data.get("complete"):
            (result,) = msgspec.convert(data, Answer).exercises
            return result
    return None


def grade_all(workers: list[Worker], jobs: list[Job]) -> Iterator[tuple[Job, report.Exercise | str]]:
    """The results of jobs as they come, or why there is none. The workers are
    closed at the end, however it comes.
    """
    results: queue.SimpleQueue[tuple[Job, report.Exercise | str]] = queue.SimpleQueue()
    waiting = JobQueue(jobs)

    def work(number: int, worker: Worker) -> None:
        while job := waiting.next(number):
            try:
                results.put((job, worker.grade(job)))
            except Exception as error:  # whatever one job does to its worker, the others get their results
                results.put((job, f"{type(error).__name__}: {error}"))

    threads = [threading.Thread(target=work, args=each, daemon=True) for each in enumerate(workers)]
    try:
        for thread in threads:
            thread.start()
        for _ in jobs:
            yield results.get()
    finally:
        for worker in workers:
            worker.close()


def cores() -> int:
    """How many workers this machine can run at once."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
