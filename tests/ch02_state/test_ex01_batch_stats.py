"""Graded checks of 2.1 batch_stats."""

import copy

import pytest
import torch

from flaxkata.checks import compare, expect, fetch, named, unchanged

LEARNED = "what a model remembers is a collection: `mutable=` lets apply return it, and you carry it to the next call."

HINTS = (
    "`model.train()(x)` does two things in PyTorch: it returns an output and writes running_mean and running_var. Here "
    "one call returns both, and you put the second where it belongs.",
    "`nn.BatchNorm(use_running_average=..., momentum=...)`: Flax keeps `momentum` of the old statistics, PyTorch "
    "1 - momentum. `model.apply(..., mutable=[...])` returns a pair; `{**a, **b}` is a copy of a with b's entries.",
    'FlaxNet: momentum=0.9, use_running_average=not train, name="bn". train_step: output, updates = '
    'model.apply(variables, x, True, mutable=["batch_stats"]), then return output, {**variables, **updates}.',
)
SIZES = {"in_dim": 4, "hidden": 6, "output_dim": 3}
BATCH = 8


def twin_of(reference):
    """A TorchNet with no number that is 0 or 1."""
    twin = reference.TorchNet(**SIZES)
    with torch.no_grad():
        for tensor in (twin.bn.weight, twin.bn.running_var):
            tensor.uniform_(0.5, 2.0)
        for tensor in (twin.bn.bias, twin.bn.running_mean):
            tensor.normal_()
    return twin


def flax_variables(twin):
    """The twin's numbers as Flax keeps them."""
    params = {n: {"kernel": getattr(twin, n).weight.detach().T, "bias": getattr(twin, n).bias} for n in ("fc1", "fc2")}
    params["bn"] = {"scale": twin.bn.weight, "bias": twin.bn.bias}
    stats = {"mean": twin.bn.running_mean, "var": twin.bn.running_var}
    return copy.deepcopy({"params": params, "batch_stats": {"bn": stats}})


def after(twin, before, steps):
    """The variables after `steps` batches, made from PyTorch's; running_var
    without its factor n / (n - 1).
    """
    variables = flax_variables(twin)
    kept = (1 - twin.bn.momentum) ** steps * before["batch_stats"]["bn"]["var"]
    stats = variables["batch_stats"]["bn"]
    stats["var"] = kept + (stats["var"] - kept) * (BATCH - 1) / BATCH
    return variables


def batch():
    return 1.5 + 2 * torch.randn(BATCH, SIZES["in_dim"])


@pytest.fixture
def make(jax):
    """A function that puts numbers into the other room, as new variables each
    time.
    """
    return lambda variables: named(jax.tree.map(jax.numpy.asarray, variables), "variables")


@pytest.fixture
def net(inside):
    """A correct FlaxNet in the other room."""
    return named(inside.Net(hidden=SIZES["hidden"], output_dim=SIZES["output_dim"]), "model")


@pytest.mark.points(2)
def test_network(learner, reference, inside, make):
    """`FlaxNet` gives PyTorch's outputs in train and in eval mode, and updates
    its running statistics as PyTorch does.
    """
    twin = twin_of(reference)
    before, x = flax_variables(twin), batch()
    model = named(learner.FlaxNet(hidden=SIZES["hidden"], output_dim=SIZES["output_dim"]), "FlaxNet")
    got = inside.run(model, make(before), x)
    evaluated, trained = reference.torch_eval_step(twin, x), reference.torch_train_step(twin, x)
    compare(got[0], trained, "FlaxNet in train mode")
    compare(got[1], after(twin, before, 1), "the variables of FlaxNet after one batch")
    compare(got[2], evaluated, "FlaxNet in eval mode")


def pair(result, label):
    """Record whether `train_step` returned two values; the two handles, or
    None.
    """
    back = fetch(result)
    right = isinstance(back, tuple | list) and len(back) == 2
    words = f"{label} gave {'one value' if not isinstance(back, tuple | list) else f'{len(back)} values'}; return two."
    return (result[0], result[1]) if expect(right, f"what {label} returns", words) else None


@pytest.mark.points(2)
def test_train_step(learner, reference, net, make):
    """`train_step` gives PyTorch's output in train mode, and variables with the
    same params and new statistics.
    """
    twin = twin_of(reference)
    before, x = flax_variables(twin), batch()
    output = reference.torch_train_step(twin, x)
    label = "train_step(model, variables, x)"
    if both := pair(learner.train_step(net, make(before), x), label):
        compare(both[0], output, f"the output of {label}")
        compare(both[1], after(twin, before, 1), f"the variables of {label}")


def test_eval_step(learner, reference, net, make):
    """`eval_step` gives PyTorch's output in eval mode: a row's output does not
    depend on the other rows.
    """
    twin = twin_of(reference)
    variables, x = flax_variables(twin), batch()
    compare(learner.eval_step(net, make(variables), x), reference.torch_eval_step(twin, x), "eval_step(model, variables, x)")


def test_three_steps(learner, reference, net, make):
    """Three calls of `train_step`, each with the variables from the one before,
    and then one of `eval_step` give PyTorch's numbers.
    """
    twin = twin_of(reference)
    before = flax_variables(twin)
    variables = make(before)
    for _ in range(3):
        x = batch()
        reference.torch_train_step(twin, x)
        variables = named(learner.train_step(net, variables, x)[1], "variables")
    expected = after(twin, before, 3)
    compare(variables, expected, "the variables after three of train_step")
    twin.bn.running_var.copy_(expected["batch_stats"]["bn"]["var"])
    output = reference.torch_eval_step(twin, x)
    compare(learner.eval_step(net, variables, x), output, "eval_step after three of train_step")


def test_given_unchanged(learner, reference, net, make):
    """`train_step` does not change the variables that it is given."""
    variables = make(flax_variables(twin_of(reference)))
    before = fetch(variables)
    pair(learner.train_step(net, variables, batch()), "train_step(model, variables, x)")
    unchanged(before, fetch(variables), "variables")


def test_jit(learner, reference, jax, net, make):
    """`train_step` and `eval_step` give PyTorch's numbers under jax.jit too."""
    twin = twin_of(reference)
    before, x = flax_variables(twin), batch()
    evaluated, trained = reference.torch_eval_step(twin, x), reference.torch_train_step(twin, x)
    if both := pair(jax.jit(learner.train_step, static_argnums=0)(net, make(before), x), "train_step under jax.jit"):
        compare(both[0], trained, "the output of train_step under jax.jit")
        compare(both[1], after(twin, before, 1), "the variables of train_step under jax.jit")
    compare(jax.jit(learner.eval_step, static_argnums=0)(net, make(before), x), evaluated, "eval_step under jax.jit")
