"""A cohort as CSV: one line per learner, one column per exercise, for a
spreadsheet or a course system.
"""

import csv
import io
import unicodedata

from flaxkata.cohort_report import Cohort
from flaxkata.report import one_line

MARK = "\N{ZERO WIDTH NO-BREAK SPACE}"  # Excel takes a file that begins with it for UTF-8

NOT_GRADED = "not graded"


def table(cohort: Cohort) -> str:
    """`learner,score,max_score,solved,1.1 define_mlp,...,mistakes,not
    recognized`; an exercise's column holds its points, or that it is not
    graded.
    """
    file = io.StringIO()
    lines = csv.writer(file, lineterminator="\n")
    columns = [f"{o.id} {o.slug}" for o in cohort.outlines]
    lines.writerow(["learner", "score", "max_score", "solved", *columns, "mistakes", "not recognized"])
    for learner in cohort.learners:
        scores = {e.id: e.score for e in learner.exercises if e.id not in learner.ungraded}
        made = [f"{e.id} {m.slug}" for e in learner.exercises for m in e.mistakes]
        points = [scores.get(o.id, NOT_GRADED) for o in cohort.outlines]
        head = [harmless(learner.name), learner.score, learner.max_score, learner.solved]
        lines.writerow([*head, *points, "; ".join(made), harmless("; ".join(learner.unrecognized))])
    return MARK + file.getvalue()


def harmless(text: str) -> str:
    """A name as one line, in full, that no spreadsheet takes for a formula."""
    line = one_line(text)
    return f"'{line}" if unicodedata.normalize("NFKC", line[:1]) in tuple("=+-@") else line  # full-width ones too
