"""The judge as a process that stays, for watch mode, for cohorts, and for
several exercises at once.

    python -P -m flaxkata.judge.server ROOT

The first line says how to grade, as JSON; a secret is in no argument and no
environment. Then requests come, one a line, and answers go out the same way:

    {"run": 7, "exercises": ["1.4"], "submission": PATH, "current": "1.4"}
    {"run": 7, "exercises": [...], "complete": true}    `complete` once known mistakes were looked for
    {"ready": true}  {"idle": "1.4"}                     it has started; nothing is left to prepare

A request that comes during another drops that one. PyTorch, pytest and the
graded checks are imported once; no learner's code ever enters. Between
requests, a sandbox is warmed for the `current` exercise, if one is named, and
its mistakes are run.
"""

import collections
import contextlib
import gc
import json
import os
import sys
import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import msgspec

from flaxkata import catalog, files, report
from flaxkata.exercise import Exercise
from flaxkata.judge import diagnose, processes, subprocess_sandbox
from flaxkata.judge.errors import Dropped, GraderFailed, NoDevice, SandboxUnavailable
from flaxkata.judge.grade import grade
from flaxkata.judge.protocol import Answer, Request, Settings, read_settings, to_line
from flaxkata.judge.session import GradingSession, open_session
from flaxkata.judge.store import Results

WARMING = 1.5  # seconds after which no other mistake is run ahead of a save


class Server:
    """One grading session, and the requests that wait for it."""

    def __init__(self, session: GradingSession, exercises: list[Exercise], settings: Settings) -> None:
        self._session, self._options = session, settings.options
        self._results = Results(exercises[0].root) if settings.keep else None
        self._exercises = {e.number: e for e in exercises}
        self._requests: collections.deque[Request | None] = collections.deque()
        self._changed = threading.Condition()
        self._busy = ""  # "run", "idle" or nothing
        self._preparations: list[Callable[[], None]] = []  # what to do while nobody asks

    def run(self) -> None:
        """Serve until the requests end."""
        threading.Thread(target=self._read, daemon=True).start()
        gc.disable()  # garbage is collected between runs
        say({"ready": True})
        while True:
            self._prepare()
            request = self._next()
            if request is None:
                return
            try:
                self._serve(request)
            except Dropped:
                continue

    # --- requests ---

    def _read(self) -> None:
        """In a thread of its own: a new request ends what is being done."""
        for line in sys.stdin:
            self._add(msgspec.convert(json.loads(line), Request))
        self._add(None)

    def _add(self, request: Request | None) -> None:
        with self._changed:
            self._requests.append(request)
            if self._busy:
                self._session.drop(now=self._busy == "run")
            self._changed.notify()

    def _next(self) -> Request | None:
        """The newest request; older ones that were not begun are dropped. None
        at the end.
        """
        with self._changed:
            self._begin("")
            self._changed.wait_for(lambda: self._requests)
            request = None if None in self._requests else self._requests[-1]
            self._requests.clear()
            self._begin("run")
            return request

    def _begin(self, what: str) -> None:
        self._busy = what
        self._session.resume()

    def _serve(self, request: Request) -> None:
        exercises = [self._exercises[number] for number in request.exercises]
        submission = Path(request.submission)
        named: list[report.Exercise] = []
        known = {self._exercises[e.id].path: e for e in request.known}
        for named, complete in grade(self._session, exercises, submission, self._options, self._results, known=known):
            say(Answer(request.run, named, complete))
        if request.current:
            shown = {m.slug for e in named if e.id == request.current for m in e.mistakes}
            self._preparations = self._to_prepare(self._exercises[request.current], shown)

    # --- between requests ---

    def _prepare(self) -> None:
        """Do what is to be prepared, until somebody asks."""
        self._session.sweep()
        while self._preparations:
            with self._changed:
                if self._requests:
                    return
                self._begin("idle")
            try:
                self._preparations[0]()
            except Dropped:
                return
            self._preparations.pop(0)
        gc.collect()

    def _to_prepare(self, exercise: Exercise, shown: set[str]) -> list[Callable[[], None]]:
        """A sandbox warmed by the solution, the mistakes' fingerprints, and
        that sandbox warmed by the mistakes too.

        Wrong answers call what solutions do not: 0.1 s then where it was 0.4.
        The mistakes just `shown` come first.
        """
        mistakes = sorted(exercise.mistakes, key=lambda path: path.stem not in shown)
        warm = partial(self._session.warm, exercise, self._options)
        return [
            partial(warm, [exercise.solution], WARMING),
            partial(diagnose.try_all, self._session, exercise, self._options),
            partial(warm, mistakes, WARMING),
            partial(say, {"idle": exercise.number}),
        ]


def say(message: Any) -> None:
    """One answer, at once. Where nobody listens any longer, the requests end
    too.
    """
    with contextlib.suppress(BrokenPipeError):
        sys.stdout.write(to_line(message))
        sys.stdout.flush()


def main(root: Path) -> None:
    """Serve the kit at `root` until the requests end."""
    gc.disable()  # while PyTorch is imported
    settings, exercises, folder, code = read_settings(sys.stdin.readline()), catalog.exercises(root), Path.cwd(), 0
    try:
        if (device := settings.options.device) != "cpu":
            subprocess_sandbox.device_name(processes.start(device, root), device)
        open_session(exercises, settings.options, lambda session: Server(session, exercises, settings).run())
    except (GraderFailed, NoDevice, SandboxUnavailable) as error:
        say({"gone": str(error)})
        print(error, file=sys.stderr)
        code = 3
    if settings.temporary:
        files.remove(folder)
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(BrokenPipeError):
            stream.flush()
    os._exit(code)  # tearing PyTorch down takes 0.2 s


if __name__ == "__main__":
    main(Path(sys.argv[1]))
