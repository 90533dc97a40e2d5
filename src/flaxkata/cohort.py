"""A folder of submissions into a folder of results, as a run that may be ended
at any moment and goes on.

    OUT/cohort.json      who handed in what, the exercises, and the secret that all inputs were made with
    OUT/results.jsonl    one line for each exercise of a learner that is graded, appended as it ends
    OUT/fingerprints/    what known mistakes do on these inputs

A result is valid while its key is: the text of the file, the checks, the kit,
the libraries, the secret, the limits.
"""

import contextlib
import hashlib
import json
import os
import queue
import secrets
import shutil
import signal
import subprocess
import sys
import threading
from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

import filelock

from flaxkata import catalog, collect, diagnose, nursery, report, worker

SCHEMA = 1
TRIES = 2  # of one exercise, when the judge ends
# What of the instructor's environment the judge and the learners' code get.
PASSED = ("PATH", "LANG", "LC_ALL", "TZ", "PYTHONPATH", "VIRTUAL_ENV", "LD_LIBRARY_PATH", "SYSTEMROOT", "TMPDIR", "KATA_SPAWN")


class Busy(Exception):
    """Another run is at work in the same folder."""


class Ungraded(Exception):
    """Exercises that could not be graded, through no fault of a learner's."""


@dataclass(frozen=True)
class Settings:
    """What a run may use: seconds and MB of memory for one exercise, judges at
    once.
    """

    limit: float
    memory: int
    workers: int


@dataclass
class Job:
    """One exercise's file, and the learners who handed it in; `text` is None
    where there is none.
    """

    exercise: catalog.Exercise
    key: str
    text: bytes | None
    learners: list[str] = field(default_factory=list)
    refused: str = ""


# --- what is stored ---


class Store:
    """The results of one folder. Raises Busy while somebody else has it."""

    def __init__(self, out: Path) -> None:
        out.mkdir(parents=True, exist_ok=True)
        self.out = out
        self._lock = filelock.FileLock(out / ".lock")
        try:
            self._lock.acquire(timeout=0)
        except filelock.Timeout:
            raise Busy(f"Another `kata cohort` is at work in {out}; wait for it, or give another --out.") from None
        self._rows = out / "results.jsonl"
        self._mend()

    def close(self) -> None:
        shutil.rmtree(self.out / "work", ignore_errors=True)
        self._lock.release()

    def _mend(self) -> None:
        """Cut off a last line that was not written to its end."""
        with contextlib.suppress(FileNotFoundError), self._rows.open("r+b") as file:
            file.truncate(file.read().rfind(b"\n") + 1)

    def secret(self) -> str:
        """The secret of this folder, made at the first run."""
        with contextlib.suppress(FileNotFoundError):
            return json.loads((self.out / "cohort.json").read_text("utf-8"))["secret"]
        return secrets.token_hex(16)

    def describe(self, data: dict) -> None:
        """Write `cohort.json`, whole or not at all; only its owner can read the
        secret.
        """
        part = self.out / "cohort.json.part"
        part.touch(mode=0o600)
        part.write_text(json.dumps(data, indent=1) + "\n", "utf-8")
        part.replace(self.out / "cohort.json")

    def rows(self) -> dict[tuple[str, str], dict]:
        """The last result of each learner and exercise."""
        try:
            lines = self._rows.read_text("utf-8").splitlines()
        except FileNotFoundError:
            return {}
        found = map(json.loads, lines)
        return {(row["learner"], row["exercise"]): row for row in found}

    def add(self, rows: list[dict]) -> None:
        """Append, and see that it is on the disk. After an error the file ends
        as before.
        """
        text = "".join(json.dumps(row) + "\n" for row in rows).encode()
        with self._rows.open("ab", buffering=0) as file:
            end = file.tell()
            try:
                while text:
                    text = text[file.write(text) :]
                os.fsync(file.fileno())
            except OSError:
                file.truncate(end)
                raise


# --- a run ---


def run(
    folder: Path,
    out: Path,
    exercises: list[catalog.Exercise],
    settings: Settings,
    regrade: bool = False,
    progress: Callable[[int, int], None] = lambda done, of: None,
) -> "report.Cohort":
    """Grade what is not graded yet. `progress(done, of)` counts files to grade.

    Raises Busy, OSError when results cannot be written, Ungraded when a judge
    ended more than once on an exercise.
    """
    store = Store(out)
    try:
        submissions, other = collect.submissions(folder, exercises)
        secret = store.secret()
        store.describe(_description(folder, exercises, submissions, other, secret))
        known = {} if regrade else store.rows()
        jobs = _jobs(submissions, exercises, known, settings, secret)
        _grade(store, folder, exercises[0].root, jobs, settings, secret, progress)
        return load(out)
    finally:
        store.close()


def load(out: Path) -> "report.Cohort":
    """What is stored, as plain data: outputs are functions of it."""
    about = json.loads((out / "cohort.json").read_text("utf-8"))
    rows: dict[str, list[dict]] = defaultdict(list)
    with (out / "results.jsonl").open(encoding="utf-8") as lines:
        last = {(row["learner"], row["exercise"]): row for row in map(json.loads, lines)}
    order = [e["id"] for e in about["exercises"]]
    for (learner, exercise), row in sorted(last.items(), key=lambda i: order.index(i[0][1]) if i[0][1] in order else -1):
        if exercise in order:
            rows[learner].append(row)
    learners = [
        report.Learner(
            one["name"],
            one["source"],
            one["ignored"],
            [report.unpack_exercise(r["report"]) for r in rows[one["name"]]],
            sum(r["seconds"] for r in rows[one["name"]]),
        )
        for one in about["learners"]
    ]
    every = [row for found in rows.values() for row in found]
    return report.Cohort(
        about["name"],
        next((r["device"] for r in every if r["device"]), "cpu"),
        sorted({w for r in every for w in r["walls"]}),
        [report.Outline(**e) for e in about["exercises"]],
        learners,
        {f"{r['exercise']} {slug}": words for r in every for slug, words in r["advice"].items()},
        about["other"],
    )


def _description(folder: Path, exercises: list, submissions: list[collect.Submission], other: list, secret: str) -> dict:
    outlines = [{"id": e.number, "slug": e.slug, "title": e.title, "chapter": e.chapter, "file": e.file} for e in exercises]
    learners = [{"name": s.learner, "source": s.source, "ignored": s.ignored} for s in submissions]
    return {
        "schema": SCHEMA,
        "name": folder.name,
        "secret": secret,
        "exercises": outlines,
        "learners": learners,
        "other": other,
    }


def _jobs(submissions: list, exercises: list, known: dict, settings: Settings, secret: str) -> list[Job]:
    """What is to be graded: each text once, whoever handed it in, in the order
    of the exercises.
    """
    jobs: dict[str, Job] = {}
    for e in exercises:
        common = diagnose.digest([diagnose.conditions(e, "cpu"), secret, json.dumps([settings.limit, settings.memory])])
        for s in submissions:
            text, refused = s.texts.get(e.number), s.refused.get(e.number, "")
            content = hashlib.sha256(text).hexdigest() if text is not None else f"absent {refused}"
            key = diagnose.digest([common, e.number, content])
            if known.get((s.learner, e.number), {}).get("key") != key:
                jobs.setdefault(key, Job(e, key, text, refused=refused)).learners.append(s.learner)
    return list(jobs.values())


def _grade(
    store: Store, folder: Path, root: Path, jobs: list[Job], settings: Settings, secret: str, progress: Callable
) -> None:
    """Let judges grade the jobs. What goes wrong in one thread ends all."""
    work, answers, waiting = store.out / "work", queue.SimpleQueue(), Waiting(jobs)
    shutil.rmtree(work, ignore_errors=True)
    data = {"limit": settings.limit, "memory": settings.memory, "secret": secret}
    line = worker.how(data, store.out.resolve(), root, folder.resolve())
    judges = [Judge(root, work / f"judge{i}", line) for i in range(min(settings.workers, len(jobs)))]
    threads = [threading.Thread(target=_drive, args=(judge, waiting, answers), daemon=True) for judge in judges]
    failed = []
    try:
        for thread in threads:
            thread.start()
        for done in range(len(jobs)):
            progress(done, len(jobs))
            job, answer = answers.get()
            if isinstance(answer, str):
                failed.append(f"{job.exercise.number} of {', '.join(job.learners)}: {answer}")
            else:
                store.add([_row(learner, job, answer) for learner in job.learners])
        progress(len(jobs), len(jobs))
    finally:
        for judge in judges:
            judge.close()
    if failed:
        raise Ungraded("\n".join(failed))


class Waiting:
    """Jobs not yet begun, by exercise. A judge stays at one, of which it then
    has run the known mistakes, as long as there are others for the other
    judges; two at one would both run them.
    """

    def __init__(self, jobs: list[Job]) -> None:
        self._lock = threading.Lock()
        self._jobs: dict[str, deque[Job]] = defaultdict(deque)
        self._at: dict[str, str] = {}  # the exercise that each judge is at
        for job in jobs:
            self._jobs[job.exercise.number].append(job)

    def next(self, judge: str) -> Job | None:
        """The next job for the judge of this name; None when there is none."""
        with self._lock:
            left = [number for number, jobs in self._jobs.items() if jobs]
            if not left:
                return None
            others = {number for name, number in self._at.items() if name != judge}
            if self._at.get(judge) not in left:
                self._at[judge] = next((number for number in left if number not in others), left[0])
            return self._jobs[self._at[judge]].popleft()


def _drive(judge: "Judge", waiting: Waiting, answers: queue.SimpleQueue) -> None:
    """In a thread for each judge: one job after another."""
    while job := waiting.next(threading.current_thread().name):
        answers.put((job, judge.grade(job)))


def _row(learner: str, job: Job, answer: dict) -> dict:
    """One line of the results."""
    found = report.unpack_exercise(answer["report"])
    if job.text is None:
        outcome = "broken" if job.refused else "todo"
        says = job.refused or f"There is no file {job.exercise.file} in the submission."
        checks = [replace(c, outcome=outcome, findings=[says]) for c in found.checks]
        found = replace(found, checks=checks, state="broken" if job.refused else "todo", mistakes=[])
    return {
        "learner": learner,
        "exercise": job.exercise.number,
        "key": job.key,
        "report": asdict(replace(found, curves=[])),
        "advice": {slug: job.exercise.advice(slug) for slug in found.mistakes},
        "seconds": round(sum(c.seconds for c in found.checks), 3),
        "walls": answer["walls"],
        "device": answer["device"],
    }


# --- judges ---


class Judge:
    """A `worker` process. One that ends is started again, and what it had in
    hand is graded again.
    """

    def __init__(self, root: Path, work: Path, how: dict) -> None:
        self._root, self._work, self._how = root, work, how
        self._process: subprocess.Popen | None = None
        self._closed = False
        self._limit = 120 + 20 * how["limit"]  # a submission, and mistakes that all run into the limit

    def grade(self, job: Job) -> dict | str:
        """The answer of a worker, or why there is none."""
        self._write(job)
        question = json.dumps({"exercise": job.exercise.number, "submission": "submission"})
        for _ in range(TRIES):
            if answer := self._ask(question):
                return answer
            self._end()
        return "the grader itself ended, twice; its last words stand above"

    def _write(self, job: Job) -> None:
        """The submission, alone in the folder that the judge works in; its path
        is the same for everybody.
        """
        shutil.rmtree(self._work / "submission", ignore_errors=True)
        path = self._work / "submission" / job.exercise.file
        path.parent.mkdir(parents=True)
        if job.text is not None:
            path.write_bytes(job.text)

    def _ask(self, question: str) -> dict | None:
        if self._process is None:
            if self._closed:
                return None
            self._process = self._started()
            question = json.dumps(self._how) + "\n" + question
        timer = threading.Timer(self._limit, self._process.kill)
        timer.start()
        try:
            self._process.stdin.write(question + "\n")
            self._process.stdin.flush()
            return json.loads(self._process.stdout.readline())
        except (OSError, ValueError):
            return None
        finally:
            timer.cancel()

    def _started(self) -> subprocess.Popen:
        passed = {name: os.environ[name] for name in PASSED if name in os.environ}
        command = [sys.executable, "-P", "-m", "flaxkata.worker", str(self._root)]
        environment = nursery.environment("cpu", passed | {"TMPDIR": str(self._work.parent)})
        pipe = subprocess.PIPE
        # A session of its own, so that Ctrl-C is for us.
        return subprocess.Popen(
            command, stdin=pipe, stdout=pipe, text=True, cwd=self._work, env=environment, start_new_session=True
        )

    def _end(self) -> None:
        if process := self._process:
            process.send_signal(signal.SIGKILL if hasattr(signal, "SIGKILL") else signal.SIGTERM)
            process.wait()
            self._process = None

    def close(self) -> None:
        self._closed = True
        self._end()
