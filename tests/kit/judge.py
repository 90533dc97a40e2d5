"""A `kata` that stays: reads command lines as JSON, one a line, runs each as
`kata` would, answers with JSON.

    {"argv": ["grade", "1.4"], "how": {"tolerance_scale": 0.5}}     ->     {"code": 0, "output": "...", "report": {...}}

PyTorch and the graded checks are imported once. `how` are fields of
GradeOptions. The report is null if there is none. What has not changed since it
was last graded is kept, as for a learner. The arguments: how nice the process
is to others, and `--here` for one that runs answers in its own process.
"""

import contextlib
import io
import json
import os
import sys
import tempfile
from pathlib import Path

import fresh

from flaxkata import catalog, cli
from flaxkata.judge.options import GradeOptions
from flaxkata.judge.session import GradingSession, open_session
from flaxkata.judge.store import Results
from flaxkata.learner.grading import OpenSession


def run(session: GradingSession, argv: list[str], options: GradeOptions) -> dict:
    """One command, as the shell would run it; `--json` is added to `grade`."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "report.json")
        output, code = io.StringIO(), 0
        with contextlib.redirect_stdout(output):
            try:
                cli.app([*argv, "--json", str(file)], prog_name="kata", obj=OpenSession(session, options, Results(fresh.ROOT)))
            except SystemExit as end:
                code = end.code or 0
        report = json.loads(file.read_text()) if file.exists() else None
        return {"code": code, "output": output.getvalue(), "report": report}


def main(here: bool) -> None:
    def answer(session: GradingSession) -> None:
        for line in sys.stdin:
            asked = json.loads(line)
            answer = run(session, asked["argv"], GradeOptions(here=here, **asked["how"]))
            print(json.dumps(answer), file=sys.__stdout__, flush=True)

    open_session(catalog.exercises(fresh.ROOT), GradeOptions(here=here), answer)


if __name__ == "__main__":
    if hasattr(os, "nice"):
        os.nice(int(sys.argv[1]))
    main("--here" in sys.argv)
