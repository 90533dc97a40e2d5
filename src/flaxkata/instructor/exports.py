"""The files that `kata cohort` writes beside its results: each a pure function
of them.
"""

import hashlib
import json
import re
import unicodedata
from pathlib import Path

from flaxkata import files
from flaxkata.cohort_report import Cohort
from flaxkata.render import classroom, ctrf, grades, gradescope, junit, page, unnamed

DEVICE = re.compile(r"con|prn|aux|nul|com\d|lpt\d")  # no names of files on Windows


def write(cohort: Cohort, out: Path) -> None:
    """grades.csv, unnamed.csv, cohort.html, ctrf.json, junit.xml, and for each
    learner gradescope/NAME.json and classroom/NAME.json; those of learners who
    are gone are removed. Each appears whole or not at all. Raises OSError.
    """
    texts = {
        "grades.csv": grades.table(cohort),
        "unnamed.csv": unnamed.table(cohort),
        "cohort.html": page.html(cohort),
        "ctrf.json": _json(ctrf.report(cohort)),
        "junit.xml": junit.report(cohort),
    }
    for learner in cohort.learners:
        name = file_name(learner.name)
        texts[f"gradescope/{name}.json"] = _json(gradescope.results(learner))
        texts[f"classroom/{name}.json"] = classroom.text(learner)
    for name, text in texts.items():
        files.write(out / name, text)
    for path in [p for folder in ("gradescope", "classroom") for p in (out / folder).glob("*")]:
        if path.suffix in (".json", files.UNFINISHED) and path.relative_to(out).as_posix() not in texts:
            path.unlink()


def file_name(learner: str) -> str:
    """A learner's name as the name of a file, without its ending: short, safe
    and unique on every file system, and the same in every run.

    A name of lower case letters, digits, hyphens and underscores is kept. Any
    other is told from its like by a digest behind `~`.
    """
    if re.fullmatch(r"[a-z0-9_][a-z0-9_-]{0,39}", learner) and not DEVICE.fullmatch(learner):
        return learner
    plain = unicodedata.normalize("NFKD", learner).encode("ascii", "ignore").decode()
    start = re.sub(r"[^A-Za-z0-9_-]+", "_", plain).strip("_-")[:40] or "learner"
    return f"{start}~{hashlib.sha256(learner.encode('utf-8', 'surrogateescape')).hexdigest()[:12]}"


def _json(data: object) -> str:
    return json.dumps(data, indent=1) + "\n"
