"""The judge as a process that stays: `python -m flaxkata.serve ROOT DEVICE`.

Requests come as JSON, one a line; answers go out the same way. PyTorch, pytest
and the graded checks are imported once; no learner's code ever enters. Between
requests a sandbox is warmed for the exercise in hand, and its mistakes are
tried.

    {"run": 7, "exercises": ["1.4"], "submission": PATH, "hand": "1.4"}
    {"run": 7, "report": {...}, "complete": true}       `complete` once known mistakes were looked for
    {"ready": DEVICE}  {"idle": "1.4"}                   the judge has started; nothing is left to prepare

A request that comes during another drops that one.
"""

import collections
import gc
import json
import os
import sys
import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flaxkata import catalog, diagnose, grade, remote, report

if TYPE_CHECKING:
    from flaxkata.plugin import Judge


WARMING = 1.5  # seconds after which no other mistake is run ahead of a save


class Server:
    """One judge, and the requests that wait for it."""

    def __init__(self, judge: "Judge", exercises: list[catalog.Exercise], how: remote.How) -> None:
        self._judge, self._how = judge, how
        self._exercises = {e.number: e for e in exercises}
        self._waiting: collections.deque[dict | None] = collections.deque()
        self._there = threading.Condition()
        self._busy = ""  # "run", "idle" or nothing
        self._todo: list[Callable[[], None]] = []  # what to prepare while nobody asks

    def run(self) -> None:
        """Serve until the requests end."""
        threading.Thread(target=self._read, daemon=True).start()
        gc.disable()  # garbage is collected between runs
        say(ready=self._how.device)
        while True:
            self._prepare()
            request = self._next()
            if request is None:
                return
            try:
                self._serve(request)
            except remote.Dropped:
                continue

    # --- requests ---

    def _read(self) -> None:
        """In a thread of its own: a new request ends what is being done."""
        for line in sys.stdin:
            self._add(json.loads(line))
        self._add(None)

    def _add(self, request: dict | None) -> None:
        with self._there:
            self._waiting.append(request)
            if self._busy:
                self._judge.drop(now=self._busy == "run")
            self._there.notify()

    def _next(self) -> dict | None:
        """The newest request; older ones that nobody has begun are dropped.
        None at the end.
        """
        with self._there:
            self._begin("")
            self._there.wait_for(lambda: self._waiting)
            request = None if None in self._waiting else self._waiting[-1]
            self._waiting.clear()
            self._begin("run")
            return request

    def _begin(self, what: str) -> None:
        self._busy = what
        self._judge.resume()

    def _serve(self, request: dict) -> None:
        exercises = [self._exercises[number] for number in request["exercises"]]
        submission = Path(request["submission"])
        graded = grade.run(self._judge, exercises, submission, self._how)
        try:
            said, complete = diagnose.explain(None, graded, submission, self._how), True
        except diagnose.Untried:
            said, complete = report.Report(graded[0].device, "", [g.result([]) for g in graded]), False
        say(run=request["run"], report=report.pack(said), complete=complete)
        if not complete:
            said = diagnose.explain(self._judge, graded, submission, self._how)
            say(run=request["run"], report=report.pack(said), complete=True)
        if hand := request.get("hand"):
            shown = [m for e in said.exercises if e.id == hand for m in e.mistakes]
            self._todo = self._preparations(self._exercises[hand], shown)

    # --- between requests ---

    def _prepare(self) -> None:
        """Do what is to be prepared, until somebody asks."""
        self._judge.rooms.sweep()
        while self._todo:
            with self._there:
                if self._waiting:
                    return
                self._begin("idle")
            try:
                self._todo[0]()
            except remote.Dropped:
                return
            self._todo.pop(0)
        gc.collect()

    def _preparations(self, exercise: catalog.Exercise, shown: list[str]) -> list[Callable[[], None]]:
        """A sandbox warmed by the solution, the mistakes' fingerprints, and
        that sandbox warmed by the mistakes too.

        Wrong answers call what solutions do not: 0.1 s then where it was 0.4.
        The mistakes just `shown` come first.
        """
        mistakes = sorted(exercise.mistakes, key=lambda path: path.stem not in shown)
        warm = partial(self._judge.warm, exercise.place, self._how)
        return [
            partial(warm, [exercise.solution], WARMING),
            partial(diagnose.try_all, self._judge, exercise, self._how),
            partial(warm, mistakes, WARMING),
            partial(say, idle=exercise.number),
        ]


def say(**answer: Any) -> None:
    """One answer, at once."""
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()


def main(root: Path, device: str) -> None:
    gc.disable()  # while PyTorch is imported
    exercises, how = catalog.exercises(root), remote.How(device)
    try:
        grade.judging(exercises, how, lambda judge: Server(judge, exercises, how).run())
    except (grade.GraderFailed, grade.nursery.NurseryGone) as error:
        say(gone=str(error))
    sys.stdout.flush()
    os._exit(0)  # tearing PyTorch down takes 0.2 s


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
