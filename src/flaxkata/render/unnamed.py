"""What has no name yet, as CSV: one line per answer, the commonest group
first.
"""

import csv
import io

from flaxkata.cohort_report import Cohort
from flaxkata.render.grades import MARK, harmless


def table(cohort: Cohort) -> str:
    """`exercise,group,people,learner,file,checks,finding`; the checks and the
    finding are those of the group's first answer.
    """
    file = io.StringIO()
    lines = csv.writer(file, lineterminator="\n")
    lines.writerow(["exercise", "group", "people", "learner", "file", "checks", "finding"])
    for group in cohort.unnamed:
        checks = "; ".join(check.name for check in group.checks)
        finding = next((words for check in group.checks for words in check.findings), "")
        head = [f"{group.outline.id} {group.outline.slug}", group.number, len(group.files)]
        for learner, place in group.files.items():
            lines.writerow([*head, harmless(learner), harmless(place), checks, harmless(finding)])
    return MARK + file.getvalue()
