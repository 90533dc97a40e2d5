"""Each exercise, by name: its stub, solution, mistakes and alternatives are
what they say they are.
"""

import ast
import re

import fresh
import pytest
from conftest import same_each_time
from rich.console import Console
from rich.table import Table

from flaxkata import catalog
from flaxkata.judge import ways

kinds = pytest.mark.kinds


def only(answer):
    """The one exercise of a report."""
    (exercise,) = answer["report"]["exercises"]
    return exercise


def slugs(exercise):
    return [mistake["slug"] for mistake in exercise["mistakes"]]


def failing(answer):
    return {c["name"] for c in only(answer)["checks"] if c["outcome"] not in ("passed", "todo")}


@kinds("stub")
def test_stub_is_to_do(case, graded):
    answer = graded(case)
    assert {c["outcome"] for c in only(answer)["checks"]} == {"todo"}
    assert (only(answer)["state"], answer["code"]) == ("todo", 0)


@kinds("solution", "alternative")
def test_right_answer_passes(case, graded):
    answer = graded(case)
    assert [(c["name"], c["findings"]) for c in only(answer)["checks"] if c["outcome"] != "passed"] == []
    assert (only(answer)["state"], answer["code"]) == ("solved", 0)


@kinds("mistake", "same_mistake")
def test_mistake_is_identified(case, graded):
    answer = graded(case)
    assert answer["code"] == 1
    assert failing(answer)
    assert slugs(only(answer)) == [case.slug]
    assert f"This is a known mistake: {case.slug}" in answer["output"]  # and not a part of it


@kinds("examined")
def test_answers_from_the_field(case, graded):
    """Told the mistakes that they show, or none, or accepted."""
    answer = graded(case)
    told = case.path.stem.split("__")[0]
    assert bool(failing(answer)) == (told != "right")
    assert slugs(only(answer)) == ([] if told in ("right", "unnamed") else told.split("+"))


@kinds("unknown")
def test_unknown_mistake_gets_no_name(case, graded):
    answer = graded(case)
    assert answer["code"] == 1
    assert only(answer)["mistakes"] == []
    assert "known mistake" not in answer["output"]


@kinds("stub", "solution", "mistake", "alternative", "same_mistake", "unknown", "examined", both=True)
def test_both_rooms_report_the_same(case, graded, graded_here):
    reports = []
    for answer in (graded(case), graded_here(case)):
        for check in only(answer)["checks"]:
            reports.append((same_each_time(check), answer["code"], only(answer)["mistakes"], only(answer)["state"]))
    half = len(reports) // 2
    assert reports[:half] == reports[half:]


@pytest.mark.recorded
def test_mistakes_fail_in_the_ways_that_are_written_down(exercise, unstable):
    """And, with KATA_EVERY=1, do the same in a check that runs alone: a
    fingerprint is of failing checks alone.
    """
    assert unstable(exercise.number) == []


def test_every_wording_was_tried(exercise):
    """`try_exercise.py` writes down in which ways a wording fails, once it is
    identified as the mistake.
    """
    known = ways.KnownWays(exercise)
    assert [v.name for v in exercise.variants if not known.of(v)] == [], f"run: tests/kit/try_exercise.py {exercise.number}"


@kinds("solution")
def test_no_idle_check(case, graded):
    """A check that no mistake fails proves nothing."""
    (exercise,) = catalog.select(fresh.ROOT, [case.number])
    known = ways.KnownWays(exercise)
    failed = {check for variant in exercise.variants for check, _, _ in known.of(variant) or ()}
    assert {c["name"] for c in only(graded(case))["checks"]} - failed == set()


def test_stubs_are_cut_from_solutions(kata):
    run = kata("stubs", "--check")
    assert run.returncode == 0, run.stdout


def test_the_way_there(exercise):
    """Its docstring says how long it takes, and builds on earlier exercises
    only; the first on none.
    """
    order = [e.number for e in catalog.exercises(exercise.root)]
    assert exercise.minutes and 5 <= exercise.minutes <= 60
    assert all(order.index(n) < order.index(exercise.number) for n in exercise.after)
    assert bool(exercise.after) == (exercise.number != order[0])


def test_three_hints(exercise):
    assert len(exercise.hints) == 3
    assert all(h.strip().endswith((".", "?", ")")) for h in exercise.hints)


def test_what_is_learned_fits_a_line(exercise):
    assert exercise.learned.endswith(".") and 40 <= len(exercise.learned) <= 110


def test_mistakes_explain_themselves(exercise):
    """A docstring that ends a sentence; and not the same one twice."""
    words = [ast.get_docstring(ast.parse(p.read_text())) for p in exercise.mistakes]
    assert all(w and w.rstrip().endswith((".", "`", ".)")) for w in words)
    assert len(set(words)) == len(words)


def visible(exercise):
    """The words of code that a learner sees in the exercise's file."""
    words = set()
    for node in ast.walk(ast.parse(exercise.stub.read_text())):
        for name in ("id", "name", "arg", "attr"):
            if isinstance(getattr(node, name, None), str):
                words |= {getattr(node, name), *getattr(node, name).lower().split("_")}
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            words |= set(re.findall(r"\w+", node.value.lower()))
    return {w for w in words if len(w) > 3} - {"what", "that", "they", "with", "from", "same", "this", "have", "does", "which"}


@pytest.mark.recorded
def test_sentences_name_what_can_be_seen(exercise, all_cases, graded):
    """Every sentence and finding has a name from the exercise's file in it, and
    none is the check's own trouble.
    """
    words = visible(exercise)
    for case in [c for c in all_cases if c.number == exercise.number and c.kind == "mistake"]:
        for check in only(graded(case))["checks"]:
            assert check["description"].endswith((".", ")")), check["description"]
            for text in (check["description"], *check["findings"]):
                assert words & {w for w in re.findall(r"\w+", text) + re.findall(r"\w+", text.lower())}, text
                assert "could not go on" not in text, (case, text)


def test_the_table(capsys):
    """Counts, for whoever reads the run."""
    table = Table("exercise", "mistakes", "wordings", "alternatives", title="What there is")
    found = catalog.exercises(fresh.ROOT)
    rows = {e.number: (len(e.mistakes), len(e.variants), len(e.alternatives)) for e in found}
    for number, row in rows.items():
        table.add_row(number, *map(str, row))
    table.add_row(f"all {len(rows)}", *(str(sum(column)) for column in zip(*rows.values(), strict=True)))
    with capsys.disabled():
        Console(width=80).print("\n", table)
    assert all(mistakes >= 4 and alternatives >= 2 for mistakes, _, alternatives in rows.values())
