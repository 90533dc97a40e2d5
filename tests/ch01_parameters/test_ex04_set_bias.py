"""Graded checks of 1.4 set_bias."""

import numpy as np
import pytest
import torch

from flaxkata.checks import as_numpy, between, compare, each, expect, fetch, flatten, named, show_path, unchanged, when

LEARNED = "arrays cannot be changed, dicts can: an update makes new containers and shares the arrays."

HINTS = (
    "Think of `copy.deepcopy(model)` and then `fill_` on the copy. Here too the original must not change; return the copy.",
    "`jnp.full_like(bias, value)` makes the new bias. `{**d, key: new}` is a copy of d with one entry replaced; "
    "`copy.deepcopy` makes a copy that you may write into.",
    'Build it from the inside out: make {**params[layer], "bias": new}, put it under `layer` in a copy of params, and put '
    'that under "params" in a copy of variables.',
)

WORDS = {"bias[0] = 1.0": "bias.at[0].set(1.0)", "bias.fill_(value)": "jnp.full_like(bias, value)"}

OLDER = {
    "flax.core.FrozenDict": "dict",
    "flax.core.freeze": "dict",
    "jax.ops.index_update": "bias.at[0].set(1.0)",
}


PLAIN = {"fc1": "fc1", "fc2": "fc2"}
# What a layer may be called: a name that begins as another does, characters that stand between names in paths or around
# them, the name of an entry, names that differ in slashes around them alone, and one that fits another as a pattern.
NAMES = (
    {"fc10": "fc1", "fc1": "fc2"},
    {"block/0": "fc1", "head.out": "fc2"},
    {"bias": "fc1", "it's": "fc2"},
    {"/fc1/": "fc1", "fc1": "fc2"},
    {"fc.1": "fc1", "fc+1": "fc2"},
)


def flax_variables(twin, names=PLAIN):
    """The twin's weights as Flax keeps them, its layers under new names, and
    beside them what must stay as it is: a layer without a bias, a block and a
    collection in which the same names stand, there under "params" too, and
    statistics.
    """
    layers = {}
    for name, source in names.items():
        layer = twin.get_submodule(source)
        layers[name] = {"bias": layer.bias.detach().clone(), "kernel": layer.weight.detach().T.clone()}
    first = next(iter(names))
    same = {first: {"kernel": torch.ones(2, 3), "bias": torch.arange(3.0)}}
    params = {
        **layers,
        "proj": {"kernel": torch.ones(3, 2)},
        "block": {**same, "0": {"kernel": torch.ones(2, 2), "bias": torch.ones(2)}},  # not the layer "block/0"
        "head": {"out": {"kernel": torch.ones(2, 2), "bias": torch.ones(2)}},  # not the layer "head.out"
        "norm": {"scale": torch.ones(4), "bias": torch.ones(4)},
    }
    return {
        "params": params,
        "ema": {**same, "params": same},
        "batch_stats": {"norm": {"mean": torch.arange(4.0), "var": torch.ones(4)}},
    }


@pytest.fixture
def make(jax):
    """A function that puts a TorchMLP's weights into the other room, as new
    variables each time.
    """
    return lambda twin, names=PLAIN: named(jax.tree.map(jax.numpy.asarray, flax_variables(twin, names)), "variables")


def after(reference, twin, layer, value, names=PLAIN):
    """What PyTorch gives: the twin with that bias filled, in Flax's layout."""
    return flax_variables(reference.torch_set_bias(twin, names[layer], value), names)


def filled(learner, variables, layer, value, expected):
    """Compare the result with what PyTorch gives; where the bias is not right,
    look at what else has changed.
    """
    label = f"set_bias(variables, {layer!r}, {value})"
    result = learner.set_bias(variables, layer, value)
    if compare(result, expected, label):
        return
    mine, theirs, bias = flatten(fetch(result)), flatten(expected), ("params", layer, "bias")
    if bias in mine and not alike(mine[bias], theirs[bias]):
        other = [label + show_path(p) for p in theirs if p != bias and p in mine and not alike(mine[p], theirs[p])]
        expect(not other, f"the rest of {label}", f"{', '.join(other[:3])} changed, which must stay as it was.")


def alike(mine, theirs):
    """Whether two leaves hold the same numbers in the same shape."""
    a, b = as_numpy(mine), as_numpy(theirs)
    return a.shape == b.shape and np.array_equal(a, b)


@pytest.mark.points(2)
def test_sets(learner, reference, inside, make):
    """The bias of the named layer is filled, as by PyTorch's `fill_`, even
    where it held NaN, infinity or a large number; everything else stays the
    same.
    """
    twin = reference.TorchMLP()
    for layer, value in (("fc1", 0.25), ("fc2", -1.5)):
        filled(learner, make(twin), layer, value, after(reference, twin, layer, value))
    with torch.no_grad():
        twin.fc2.bias.copy_(torch.tensor([torch.nan, 1e10, torch.inf]))
    with when("where the old bias holds NaN, 1e10 and infinity"):
        filled(learner, make(twin), "fc2", 0.75, after(reference, twin, "fc2", 0.75))
    twin, value = reference.TorchMLP(), between(-3, 3)
    expected = after(reference, twin, "fc2", value)
    expected["params"]["tied"] = {"offset": twin.fc2.bias.detach()}
    with when("where a layer called 'tied' has the bias of 'fc2' as its offset, the same array"):
        filled(learner, named(inside.tied(make(twin), "fc2"), "variables"), "fc2", value, expected)
    twin = reference.TorchMLP(1)
    for names in NAMES:
        with when("with layers called {!r} and {!r}".format(*names)):
            for layer in names:
                value = between(-3, 3)
                filled(learner, make(twin, names), layer, value, after(reference, twin, layer, value, names))


def came_back(result):
    """Record whether the result is a dict at all."""
    words = f"set_bias(variables, 'fc1', 0.5) gave {'None' if result is None else 'no variables'}; return the new variables."
    return expect(isinstance(result, dict), "what set_bias returns", words)


@pytest.mark.points(2)
def test_original_unchanged(learner, reference, make):
    """The variables that you were given still have their old bias."""
    twin = reference.TorchMLP()
    variables = make(twin)
    before = fetch(variables)
    result = fetch(learner.set_bias(variables, "fc1", 0.5))
    if unchanged(before, fetch(variables), "variables") and came_back(result):
        with when("for the same variables once more"):
            compare(learner.set_bias(variables, "fc2", 0.25), after(reference, twin, "fc2", 0.25))


def test_new_dict(learner, reference, inside, make):
    """The result is a new plain dict: an entry added to it does not show up in
    the variables that you were given, even where the bias had that value.
    """
    twin = reference.TorchMLP()
    if in_a_new_dict(learner, inside, make(twin)):
        with when("where the bias is 0.5 already"):
            in_a_new_dict(learner, inside, make(reference.torch_set_bias(twin, "fc1", 0.5)))


def in_a_new_dict(learner, inside, variables):
    """Record whether the result is a plain dict, and not the one passed in."""
    result = learner.set_bias(variables, "fc1", 0.5)
    if not came_back(fetch(result)):
        return False
    kinds = {tuple(path): kind for path, kind in fetch(inside.containers(result))}
    other = [(path, kind) for path, kind in kinds.items() if kind != "dict"]
    words = "".join(f"set_bias(variables, 'fc1', 0.5){show_path(path)} is a {kind}" for path, kind in other[:1])
    words += "; variables is a plain dict. JAX takes the two for different structures: `jax.tree.map` of both raises an error."
    plain = expect(not other, "the kind of dict that set_bias returns", words, detail=str(other))
    inside.add_entry(result)
    words = "an entry added to the result shows up in variables too: set_bias returned the same dict that it was given."
    return expect("added" not in fetch(variables), "the result of set_bias", words) and plain


def test_whole_number(learner, reference, make):
    """The bias keeps its dtype, as in PyTorch: filled with the int 2 it stays
    float32, and a bfloat16 or float16 bias stays what it is, whatever the
    dtype of the kernel.
    """
    twin = reference.TorchMLP()
    compare(learner.set_bias(make(twin), "fc1", 2), after(reference, twin, "fc1", 2), "set_bias(variables, 'fc1', 2)")
    for dtype in each(("bfloat16", "float16"), "with parameters of {}"):
        twin, value = reference.TorchMLP().to(getattr(torch, dtype)), between(0.1, 0.9)
        expected = after(reference, twin, "fc2", value)
        compare(learner.set_bias(make(twin), "fc2", value), expected, f"set_bias(variables, 'fc2', {value})")
    twin, value = reference.TorchMLP(), between(0.1, 0.9)
    twin.fc2.weight.data = twin.fc2.weight.data.bfloat16()
    with when("where the kernel of 'fc2' is bfloat16 and its bias float32"):
        expected = after(reference, twin, "fc2", value)
        compare(learner.set_bias(make(twin), "fc2", value), expected, f"set_bias(variables, 'fc2', {value})")


def test_twice(learner, reference, make):
    """`set_bias` accepts its own result; both biases are then set."""
    twin = reference.TorchMLP()
    expected = after(reference, reference.torch_set_bias(twin, "fc2", 0.5), "fc1", -0.5)
    once = named(learner.set_bias(make(twin), "fc2", 0.5), "set_bias(variables, 'fc2', 0.5)")
    compare(learner.set_bias(once, "fc1", -0.5), expected, "set_bias(set_bias(...), 'fc1', -0.5)")


def test_frozen(learner, reference, inside, make):
    """Given a FrozenDict, as in older code, `set_bias` returns the right answer
    (or Flax refuses to write into it).
    """
    twin = reference.TorchMLP()
    set_bias = named(inside.refusable(learner.set_bias), "set_bias")
    for layer, value in (("fc1", 0.75), ("fc2", between(1, 3))):
        frozen = named(inside.frozen(make(twin)), "frozen")
        result = named(set_bias(frozen, layer, value), f"set_bias(frozen, {layer!r}, {value})")
        expected, again = after(reference, twin, layer, value), f"set_bias(variables, {layer!r}, {value})"
        if fetch(result) != "refused":
            compare(result, expected)
        else:  # only what is right of a dict may be refused: words alone are soon raised
            compare(learner.set_bias(make(twin), layer, value), expected, again)
