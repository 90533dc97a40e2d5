"""A `kata` that stays: reads requests as JSON, one a line, and answers with
JSON.

    {"argv": ["grade", "1.4"], "environment": {}, "how": {"tolerance_scale": 0.5}}
    {"mistakes": "1.4", "how": {}}

The first runs a command line as `kata` would: {"code", "output", "errors"}. The
second runs some mistakes of an exercise, for what else is graded, and compares
them with `tests/ways/`; with KATA_EVERY=1 all wordings, and one failing check
of each a second time, alone. What differs is {"unstable": ["plain_list:
test_losses"]}. `how` are fields of GradeOptions.

It grades the kit in its working directory. PyTorch and the graded checks are
imported once, and what has not changed since it was last graded is kept, as for
a learner. With `--here` it runs answers in its own process.
"""

import contextlib
import io
import json
import os
import sys
from dataclasses import replace
from pathlib import Path
from unittest import mock

import wordings

from flaxkata import catalog, cli
from flaxkata.exercise import Exercise
from flaxkata.judge.alone import other_alone
from flaxkata.judge.fingerprints import FingerprintCache
from flaxkata.judge.options import GradeOptions
from flaxkata.judge.session import GradingSession, open_session
from flaxkata.judge.store import Results
from flaxkata.judge.ways import KnownWays, ways_of
from flaxkata.learner.grading import OpenSession


def run(argv: list[str], opened: OpenSession, environment: dict[str, str]) -> dict:
    """One command, as the shell would run it."""
    output, errors, code = io.StringIO(), io.StringIO(), 0
    with contextlib.redirect_stdout(output), contextlib.redirect_stderr(errors), mock.patch.dict(os.environ, environment):
        try:
            cli.app(argv, prog_name="kata", obj=opened)
        except SystemExit as end:
            code = end.code or 0
    return {"code": code, "output": output.getvalue(), "errors": errors.getvalue()}


def run_mistakes(session: GradingSession, exercise: Exercise, options: GradeOptions, results: Results) -> dict:
    """Run each mistake once, for its own grading and for the diagnosis of
    others.
    """
    known, written, unstable = FingerprintCache(exercise, options), KnownWays(exercise), []
    for variant in wordings.chosen(exercise):
        its_options = replace(options, constants=variant.constants)
        keys = results.keys([exercise], variant.path, its_options)
        if known.covers_one(variant.name, session.checks(exercise)) and results.find(keys):
            continue
        (whole,) = session.run([exercise], variant.path, its_options)
        known.learn(variant.name, whole.checks)
        results.keep(keys, keys, {exercise.path: whole})
        if written.of(variant) != ways_of(whole.checks):
            unstable.append(f"{variant.name}: tests/ways/ says something else")
        if wordings.EVERY and (check := other_alone(session, exercise, variant, whole, options)):
            unstable.append(f"{variant.name}: {check}")
    return {"unstable": unstable}


def main(here: bool) -> None:
    """Answer until the requests end."""
    # With --here, JAX and answers print in this process: to the errors, or they would be taken for ours.
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    root = Path.cwd()
    exercises = catalog.exercises(root)
    results = Results(root)

    def answer(asked: dict, session: GradingSession) -> dict:
        how = asked.get("how", {})
        constants = tuple((name, value) for name, value in how.pop("constants", []))
        options = GradeOptions(here=here, constants=constants, **how)
        if number := asked.get("mistakes"):
            (exercise,) = (e for e in exercises if e.number == number)
            return run_mistakes(session, exercise, options, results)
        return run(asked["argv"], OpenSession(session, options), asked["environment"])

    def serve(session: GradingSession) -> None:
        for line in sys.stdin:
            print(json.dumps(answer(json.loads(line), session)), file=answers, flush=True)

    open_session(exercises, GradeOptions(here=here), serve)


if __name__ == "__main__":
    main("--here" in sys.argv)
