"""A `kata` that stays: reads command lines as JSON, one a line, runs each as
`kata` would, answers with JSON.

    {"argv": ["grade", "1.4"], "share": 1.0}     ->     {"code": 0, "output": "...", "report": {...}}

PyTorch and the graded checks are imported once. `share` is what the checks
grant of their tolerances. The report is null where there is none. The last
argument says how nice the process is to others.
"""

import contextlib
import io
import json
import os
import sys
import tempfile
from pathlib import Path

import fresh

from flaxkata import catalog, cli, compare, grade, remote


def run(argv: list[str], share: float) -> dict:
    """One command, as the shell would run it; `--json` is added to `grade`."""
    compare.share = share
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "report.json")
        output, code = io.StringIO(), 0
        with contextlib.redirect_stdout(output):
            try:
                cli.app([*argv, "--json", str(file)], prog_name="kata")
            except SystemExit as end:
                code = end.code or 0
        report = json.loads(file.read_text()) if file.exists() else None
        return {"code": code, "output": output.getvalue(), "report": report}


def answer(judge: object) -> None:
    """`kata` finds the open judge by itself."""
    for line in sys.stdin:
        print(json.dumps(run(**json.loads(line))), file=sys.__stdout__, flush=True)


if __name__ == "__main__":
    if hasattr(os, "nice"):
        os.nice(int(sys.argv[-1]))
    grade.judging(catalog.exercises(fresh.ROOT), remote.How(here="--here" in sys.argv), answer)
