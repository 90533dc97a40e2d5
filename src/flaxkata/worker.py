"""A judge for many submissions: `python -P -m flaxkata.worker ROOT`, one JSON
line in and one out for each exercise.

The first line says how to grade, with the secret, which is in no argument and
no environment. Then, for each exercise:

    {"exercise": "1.4", "submission": PATH}     ->     {"report": {...}, "walls": [...], "device": "cpu"}

No learner's code enters this process, and none of ours enters a learner's
sandbox beforehand.
"""

import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from flaxkata import catalog, confine, diagnose, grade, remote, report

if TYPE_CHECKING:
    from flaxkata.plugin import Judge


def how(data: dict, out: Path, root: Path, submissions: Path) -> dict:
    """The first line: settings as JSON data. Nothing of the kit, the
    submissions and the results is left in sight.
    """
    walls = {"scratch": str(out / "work"), "hidden": [str(root), str(out), str(submissions)]}
    return data | {"walls": walls, "kept": str(out)}


def _read(line: str) -> remote.How:
    data = json.loads(line)
    walls = confine.Walls(data["walls"]["scratch"], tuple(data["walls"]["hidden"]))
    return remote.How(**data | {"walls": walls, "kept": Path(data["kept"])})


def _work(judge: "Judge", exercises: dict[str, catalog.Exercise], how: remote.How) -> None:
    for line in sys.stdin:
        job = json.loads(line)
        exercise, submission = exercises[job["exercise"]], Path(job["submission"])
        graded = grade.run(judge, [exercise], submission, how)
        if any(c.outcome == "killed" for c in graded[0].checks):  # once in a thousand runs or so, XLA itself crashes
            graded = grade.run(judge, [exercise], submission, how)
        said = diagnose.explain(judge, graded, submission, how)
        judge.rooms.sweep()
        _say(report=report.pack(said)["exercises"][0], walls=graded[0].walls, device=said.device)


def _say(**answer: object) -> None:
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()


def main(root: Path) -> None:
    settings = _read(sys.stdin.readline())
    exercises = catalog.exercises(root)
    try:
        grade.judging(exercises, settings, lambda judge: _work(judge, {e.number: e for e in exercises}, settings))
    except (grade.GraderFailed, grade.nursery.NurseryGone) as error:
        print(error, file=sys.stderr)
        sys.stderr.flush()
        os._exit(3)
    os._exit(0)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
