"""Graded checks of 1.4 set_bias."""

import pytest
import torch

from flaxkata.checks import compare, expect, fetch, named, unchanged

LEARNED = "arrays cannot be changed, dicts can: an update makes new containers and shares the arrays."

HINTS = (
    "Think of `copy.deepcopy(model)` and then `fill_` on the copy. Here too the original must not change; return the copy.",
    "`jnp.full_like(bias, value)` makes the new bias. `{**d, key: new}` is a copy of d with one entry replaced; "
    "`copy.deepcopy` makes a copy that you may write into.",
    'Build it from the inside out: make {**params[layer], "bias": new}, put it under `layer` in a copy of params, and put '
    'that under "params" in a copy of variables.',
)


def flax_variables(twin):
    """The twin's weights as Flax keeps them, with a second collection beside
    them.
    """
    layers = {}
    for name, layer in twin.named_children():
        layers[name] = {"kernel": layer.weight.detach().T.clone(), "bias": layer.bias.detach().clone()}
    return {"params": layers, "batch_stats": {"norm": {"mean": torch.randn(4), "var": torch.rand(4)}}}


@pytest.fixture
def make(jax):
    """A function that puts a TorchMLP's weights into the other room, as new
    variables each time.
    """
    return lambda twin: named(jax.tree.map(jax.numpy.asarray, flax_variables(twin)), "variables")


def after(reference, twin, variables, layer, value):
    """What PyTorch gives: the twin with that bias filled, in Flax's layout, and
    the other collections as they were.
    """
    filled = flax_variables(reference.torch_set_bias(twin, layer, value))
    return {"params": filled["params"], "batch_stats": fetch(variables["batch_stats"])}


@pytest.mark.points(2)
def test_sets(learner, reference, make):
    """The bias of the named layer is filled, as by PyTorch's `fill_`;
    everything else stays the same.
    """
    twin = reference.TorchMLP()
    for layer, value in (("fc1", 0.25), ("fc2", -1.5)):
        variables = make(twin)
        expected = after(reference, twin, variables, layer, value)
        compare(learner.set_bias(variables, layer, value), expected, f"set_bias(variables, {layer!r}, {value})")


def came_back(result):
    """Record whether the result is a dict at all."""
    words = f"set_bias(variables, 'fc1', 0.5) gave {'None' if result is None else 'no variables'}; return the new variables."
    return expect(isinstance(result, dict), "what set_bias returns", words)


@pytest.mark.points(2)
def test_original_unchanged(learner, reference, make):
    """The variables that you were given still have their old bias."""
    variables = make(reference.TorchMLP())
    before = fetch(variables)
    result = fetch(learner.set_bias(variables, "fc1", 0.5))
    unchanged(before, fetch(variables), "variables")
    came_back(result)


def test_new_dict(learner, reference, inside, make):
    """The result is a new dict: an entry added to it does not show up in the
    variables that you were given.
    """
    variables = make(reference.TorchMLP())
    result = learner.set_bias(variables, "fc1", 0.5)
    if not came_back(fetch(result)):
        return
    inside.add_entry(result)
    words = "An entry added to the result shows up in variables too: set_bias returned the same dict that it was given."
    expect("added" not in fetch(variables), "the result of set_bias", words)


def test_whole_number(learner, reference, make):
    """Filling with the int 2 keeps the bias float32, as in PyTorch."""
    twin = reference.TorchMLP()
    variables = make(twin)
    expected = after(reference, twin, variables, "fc1", 2)
    compare(learner.set_bias(variables, "fc1", 2), expected, "set_bias(variables, 'fc1', 2)")


def test_twice(learner, reference, make):
    """`set_bias` accepts its own result; both biases are then set."""
    twin = reference.TorchMLP()
    variables = make(twin)
    expected = after(reference, reference.torch_set_bias(twin, "fc2", 0.5), variables, "fc1", -0.5)
    once = named(learner.set_bias(variables, "fc2", 0.5), "set_bias(variables, 'fc2', 0.5)")
    compare(learner.set_bias(once, "fc1", -0.5), expected, "set_bias of the result of set_bias")


def test_frozen(learner, reference, inside, make):
    """Given a FrozenDict, as in older code, `set_bias` returns the right answer
    (or Flax refuses to write into it).
    """
    twin = reference.TorchMLP()
    variables = make(twin)
    result = inside.set_in_frozen(learner.set_bias, inside.frozen(variables), "fc1", 0.75)
    if fetch(result) != "refused":
        compare(result, after(reference, twin, variables, "fc1", 0.75), "set_bias(frozen, 'fc1', 0.75)")
