"""A `kata` that stays: reads command lines as JSON, one a line, runs each as
`kata` would, answers with JSON.

    {"argv": ["grade", "1.4"], "how": {"tolerance_scale": 0.5}, "environment":
    {}} {"code": 0, "output": "...", "errors": ""}

It grades the kit in its working directory. PyTorch and the graded checks are
imported once, and what has not changed since it was last graded is kept, as for
a learner. `how` are fields of GradeOptions. The arguments: how nice the process
is to others, and `--here` for one that runs answers in its own process.
"""

import contextlib
import io
import json
import os
import sys
from pathlib import Path
from unittest import mock

from flaxkata import catalog, cli
from flaxkata.judge.options import GradeOptions
from flaxkata.judge.session import GradingSession, open_session
from flaxkata.judge.store import Results
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


def main(here: bool) -> None:
    """Answer until the requests end."""
    root = Path.cwd()

    def answer(session: GradingSession) -> None:
        for line in sys.stdin:
            asked = json.loads(line)
            opened = OpenSession(session, GradeOptions(here=here, **asked["how"]), Results(root))
            print(json.dumps(run(asked["argv"], opened, asked["environment"])), file=sys.__stdout__, flush=True)

    open_session(catalog.exercises(root), GradeOptions(here=here), answer)


if __name__ == "__main__":
    if hasattr(os, "nice"):
        os.nice(int(sys.argv[1]))
    main("--here" in sys.argv)
