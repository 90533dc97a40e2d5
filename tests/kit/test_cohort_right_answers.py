"""Right answers, and some mistakes, as a cohort of learners: each gets what it
gets from `kata grade`.

Their inputs are mixed with a secret, and their sandboxes keep nothing that they
compile.
"""

import json

import conftest
import pytest
import recorded
import wordings
from test_cohort import EXERCISES, hand_in, rows, told


def graded_as_a_cohort(case):
    """Every solution, where this is not recorded; of the first exercise of each
    chapter, also an alternative and a mistake. With KATA_EVERY=1, all there
    are: the trees' tests grade them one by one, and this shows that a cohort
    does the same.
    """
    if wordings.EVERY:
        return case.kind in ("solution", "alternative", "mistake")
    e = EXERCISES[case.number]
    if e.number in conftest.first_exercises():
        return case.path in (e.solution, *e.alternatives[:1], *(v.path for v in wordings.chosen(e)[:1]))
    return case.path == e.solution and not recorded.is_recorded(recorded.COHORT)


@pytest.fixture(scope="session")
def honest(kata, tmp_path_factory):
    """These, handed in by learners each of whom has one answer to every
    exercise.

    By case, its result; on inputs that a fixed secret was mixed into.
    """
    top, found = tmp_path_factory.mktemp("honest"), {}
    for case in filter(graded_as_a_cohort, conftest.cases()):
        learner = f"learner {sum(c.number == case.number for c in found)}"
        hand_in(top / "class", learner, {EXERCISES[case.number]: case.path})
        found[case] = learner
    (top / "out").mkdir()
    (top / "out" / "cohort.json").write_text(json.dumps({"secret": "00112233445566778899aabbccddeeff"}))
    run = kata("cohort", top / "class", "--out", top / "out")
    assert run.returncode == 0, run.stdout + run.stderr
    results = rows(top / "out")
    return {case: results[learner, case.number] for case, learner in found.items()}


def test_right_answers_get_full_marks(honest):
    right = {case: row for case, row in honest.items() if case.kind != "mistake"}
    assert {str(case): told(row) for case, row in right.items() if row["state"] != "solved"} == {}


def test_right_answers_need_no_system_call_that_is_refused(honest):
    assert {str(case): row["refused"] for case, row in honest.items() if row["refused"]} == {}


def test_mistakes_are_identified(honest):
    """As `kata grade` tells them, which the tests of the trees see to."""
    names = {case: [m["slug"] for m in row["mistakes"]] for case, row in honest.items() if case.kind == "mistake"}
    assert {str(case): told for case, told in names.items() if told != [case.slug]} == {}
