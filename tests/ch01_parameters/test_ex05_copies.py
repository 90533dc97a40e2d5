"""Graded checks of 1.5 copies."""

import ast

import numpy as np

from flaxkata.checks import compare, each, expect, fetch, flatten, kind, named, preserving, show_path, when

LEARNED = "what a copy shares is decided by its containers; deepcopy or jax.tree.map share none of them."

HINTS = (
    "`copy.copy(model)` shares the tensors with `model`; `copy.copy(variables)` shares the inner dicts with `variables`. "
    "For each program ask: which container was written into, and who else holds it?",
    "`copy.deepcopy` makes every container new; so does `jax.tree.map` with a function that returns its argument.",
    "predict: two of the five programs change the list, and two of the five the parameters. They write into a container "
    "that the original still holds. branch: copy.deepcopy(variables), or a tree.map that changes nothing.",
)

WORDS = {"copy.deepcopy(model)": "copy.deepcopy(variables)"}

OLDER = {
    "jax.tree_map": "jax.tree.map",
    "jax.tree_multimap": "jax.tree.map",
    "jax.tree_leaves": "jax.tree.leaves",
    "jax.tree_util.tree_map": "jax.tree.map",
}


def program(reference, name):
    """The source of one program of the PyTorch section."""
    tree = ast.parse(reference.source)
    return ast.unparse(next(node for node in tree.body if getattr(node, "name", "") == name))


def predicted(learner, function, names):
    """The learner's predictions that can be compared; records those that are
    missing.
    """
    said = fetch(getattr(learner, function)())
    what = "nothing" if said is None else f"a {kind(said)}"
    if not expect(isinstance(said, dict), f"{function}()", f"{function}() gave {what}; expected a dict with five entries."):
        return {}
    missing = [name for name in names if name not in said]
    expect(not missing, f"entries of {function}()", f"{function}() has no entry for {', '.join(missing)}.", len(missing))
    return {name: said[name] for name in names if name in said}


def test_lists(learner, reference):
    """Your predictions for lists are what Python does."""
    names = ("list_assign", "list_copy_outer", "list_copy_inner", "list_copy_replace", "list_deepcopy_inner")
    for name, said in predicted(learner, "predict_lists", names).items():
        original = [1, [2, 3], 4]
        getattr(reference, name)(original)
        words = f"After {name}, `original` is {original}; you predicted {said!r}."
        expect(said == original, name, words, numbers(said))


def numbers(said):
    """The numbers in a prediction, whatever its form."""
    return [float(n) for n in flatten(said).values() if isinstance(n, int | float)]


def test_params(learner, reference, inside):
    """Your predictions for parameters are what Python and JAX do."""
    names = ("params_copy", "params_two_levels", "params_name", "params_replace_layer", "params_deepcopy")
    for name, said in predicted(learner, "predict_params", names).items():
        original = named(inside.variables(0), "original")
        before = fetch(original["params"]["fc1"]["bias"])
        inside.run(program(reference, name), name, original)
        now = fetch(original["params"]["fc1"]["bias"])
        changed = not np.array_equal(before.value, now.value)
        did = "changed" if changed else "did not change"
        was, after = before.value.tolist(), now.value.tolist()
        words = f"{name} {did} the original's bias: {f'{was} became {after}' if changed else f'it is still {was}'}."
        words += f" You predicted {said}." if isinstance(said, bool) else " A prediction is True or False."
        expect(said is changed, name, words, said if isinstance(said, bool) else -1)


BLOCKS = (0, 3)
NESTED = "with layers inside {} blocks"


def test_branch_equal(learner, inside):
    """`branch` returns variables with the same entries and numbers, random keys
    too, and does so again when the original has changed.
    """
    branch = preserving(learner.branch, "variables")
    for blocks in each(BLOCKS, NESTED):
        variables = named(inside.variables(blocks), "variables")
        before = fetch(variables)
        compare(branch(variables), before, "branch(variables)", reference="the original")
    variables = named(inside.variables(0), "variables")
    learner.branch(variables)
    inside.rebiased(variables)
    with when("after a bias of the original was replaced"):
        result = learner.branch(variables)
        compare(result, fetch(variables), "the next branch(variables)", reference="the original")
    learner.branch(named(inside.variables(0), "others"))
    with when("after branch(others)"):
        compare(result, fetch(variables), "the result of branch(variables)", reference="the original")
    with when("for variables that hold a random key"):
        variables = named(inside.keyed(), "variables")
        compare(branch(variables), fetch(variables), "branch(variables)", reference="the original")


def shared(learner, inside, into_branch):
    """Try every container of a flat and a nested tree; record the paths at
    which writing was seen on the other side.
    """
    reaching = named(inside.reaching(learner.branch, into_branch), "branch")
    for blocks in each(BLOCKS, NESTED):
        paths = fetch(reaching(named(inside.variables(blocks), "variables")))
        where = [show_path(path) for path, reached in paths if reached]
        one, other = ("branch(variables)", "variables") if into_branch else ("variables", "branch(variables)")
        places = ", ".join(one + w for w in where[:3]) + (f" and {len(where) - 3} more" if len(where) > 3 else "")
        words = f"an entry written into {places} shows up in {other} too: they are the same dict."
        marks = [float(reached) for _, reached in paths]
        expect(not where, f"containers of branch, {'into it' if into_branch else 'into the original'}", words, marks)


def test_original_safe(learner, inside):
    """Writing anywhere into the result of `branch` does not change the
    original, and the dicts of the original stay in their places.
    """
    shared(learner, inside, into_branch=True)
    replacing = named(inside.replacing(learner.branch), "branch")
    for blocks in each(BLOCKS, NESTED):
        moved = fetch(replacing(named(inside.variables(blocks), "variables")))
        words = f"branch(variables) put a different dict in place of variables{show_path(moved[0])}" if moved else ""
        words += "; the original stays as it is. Write into the new dicts alone."
        expect(not moved, "dicts of the original", words, len(moved))


def test_branch_safe(learner, inside):
    """Writing anywhere into the original does not change the result of
    `branch`.
    """
    shared(learner, inside, into_branch=False)
