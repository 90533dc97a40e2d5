"""The files that `kata cohort` writes beside its results: each a pure function
of them.
"""

import json
from pathlib import Path
from urllib.parse import quote

from flaxkata.render import classroom, ctrf, grades, gradescope, junit, page
from flaxkata.report import Cohort


def write(cohort: Cohort, out: Path) -> None:
    """grades.csv, cohort.html, ctrf.json, junit.xml, and for each learner
    gradescope/NAME.json and classroom/NAME.json.
    """
    texts = {
        "grades.csv": grades.table(cohort),
        "cohort.html": page.html(cohort),
        "ctrf.json": _json(ctrf.report(cohort)),
        "junit.xml": junit.report(cohort),
    }
    for learner in cohort.learners:
        name = quote(learner.name, safe=" ")
        texts[f"gradescope/{name}.json"] = _json(gradescope.results(learner))
        texts[f"classroom/{name}.json"] = classroom.text(learner)
    for name, text in texts.items():
        (out / name).parent.mkdir(exist_ok=True)
        (out / name).write_text(text, "utf-8")


def _json(data: object) -> str:
    return json.dumps(data, indent=1) + "\n"
