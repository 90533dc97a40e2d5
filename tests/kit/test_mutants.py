"""No small change to our own answers passes the graded checks, but for those
that are declared, with a reason. `nox -s mutants` tries them; here the files
that it wrote are compared with what they were made from.
"""

import fresh
import mutants
import mutation
import pytest

from flaxkata import catalog

SOURCE = """
def mean_of(x, decay=0.9):
    'The words.'
    return decay * jnp.mean(x, axis=1)
"""


def test_nothing_has_changed_since_they_were_tried(exercise):
    assert mutants.declared(exercise).digest == mutants.digest(exercise), f"run: nox -s mutants -- {exercise.number}"


def test_every_survivor_has_a_reason(exercise):
    found = mutants.declared(exercise)
    assert found.mutants >= 5
    assert [e for e in found.equivalent if len(e["reason"].split()) < 4] == []


def test_the_table_is_that_of_the_files():
    found = mutants.BLOCK.search(mutants.PAGE.read_text())
    assert found[2] == mutants.table(catalog.exercises(fresh.ROOT)), "run: nox -s mutants -- --table"


@pytest.mark.parametrize(
    ("operator", "line"),
    [
        ("reduction", "return decay * jnp.sum(x, axis=1)"),
        ("number", "return decay * jnp.mean(x, axis=2)"),
        ("argument_left_out", "return decay * jnp.mean(x)"),
        ("call_left_out", "return decay * x"),
        ("argument_ignored", "decay = 0.5"),
        ("arithmetic", "return decay / jnp.mean(x, axis=1)"),
    ],
)
def test_what_is_changed(operator, line):
    found = mutation.mutants(SOURCE, {"mean_of": {"decay": [0.5]}})
    assert (operator, f"+    {line}") in [(m.operator, m.change[-1]) for m in found]


def test_given_code_is_left_alone():
    source = SOURCE + "\ndef written(x):\n    # <solution>\n    return x + 1\n    # </solution>\n"
    changed = {line for m in mutation.mutants(source, {}) for line in m.change if line.startswith("-")}
    assert changed <= {"-    return x + 1", "-def written(x):"}


def test_a_survivor_needs_a_reason_of_its_own():
    one, other, *_ = mutation.mutants(SOURCE, {})
    known = [{"operator": one.operator, "change": list(one.change), "reason": "It changes no number."}]
    assert mutants.undeclared([one, other], known) == [other]
    assert mutants.undeclared([one], [known[0] | {"reason": ""}]) == [one]
