"""Wrong answers of a cohort that did the same, which has no name yet."""

from collections.abc import Mapping

from flaxkata import report
from flaxkata.cohort_report import Learner, Outline, Unnamed
from flaxkata.judge import grouping
from flaxkata.judge.fingerprints import Behavior
from flaxkata.report import Exercise

Places = Mapping[str, Mapping[str, str]]  # by learner and exercise number, where a file lies


def groups(outlines: list[Outline], learners: list[Learner], places: Places) -> list[Unnamed]:
    """Those of all exercises; the commonest first."""
    results = {(one.name, e.id): e for one in learners for e in one.exercises}
    found = [group for outline in outlines for group in _of_one(outline, results, places)]
    return sorted(found, key=lambda group: -len(group.files))


def _of_one(outline: Outline, results: Mapping[tuple[str, str], Exercise], places: Places) -> list[Unnamed]:
    answers: list[tuple[tuple[str, list[report.Check]], Behavior]] = []
    for (learner, number), result in results.items():
        if number == outline.id and number in places.get(learner, {}):
            for behavior in grouping.unnamed_parts(result):
                answers.append(((learner, grouping.failing(result.checks, behavior)), behavior))
    return [
        Unnamed(outline, number, members[0][1], {learner: places[learner][outline.id] for learner, _ in members})
        for number, members in enumerate(grouping.groups(answers), 1)
    ]
