"""Graded checks of 7.3 linen_and_nnx."""

import pytest
import torch

from flaxkata.checks import Spec, compare, fetch, named, unchanged

LEARNED = "Linen's collections are NNX's kinds of Variable: split, merge and the bridge go from one to the other."

HINTS = (
    "This is load_state_dict and state_dict once more: the numbers are the same, only the containers differ. Linen groups them "
    "by collection and then by layer; NNX groups them by layer, and the type of the box says the collection.",
    "`nnx.split(model, nnx.Param, nnx.BatchStat, ...)` and `nnx.merge` with the new numbers; `nnx.to_pure_dict`; "
    "`nnx.bridge.ToNNX`, `nnx.bridge.lazy_init` and `nnx.update`; `nnx.bridge.to_linen`.",
    "from_linen: graphdef, _, _, rest = nnx.split(...), then nnx.merge(graphdef, variables['params'], "
    "variables['batch_stats'], rest). wrap_linen: wrapped = nnx.bridge.ToNNX(model, rngs=rngs), lazy_init(wrapped, x), "
    "nnx.update(wrapped, ...) with both collections. wrap_nnx: nnx.bridge.to_linen(module, *sizes).",
)
SIZES = (4, 6, 3)
BATCH = 8


@pytest.fixture
def twin(reference):
    """A TorchNet in eval mode, without any number that is 0 or 1."""
    twin = reference.TorchNet(*SIZES).eval()
    with torch.no_grad():
        for tensor in (twin.bn.weight, twin.bn.running_var):
            tensor.uniform_(0.5, 2.0)
        for tensor in (twin.bn.bias, twin.bn.running_mean):
            tensor.normal_()
    return twin


def each(function, tree):
    return {name: each(function, item) for name, item in tree.items()} if isinstance(tree, dict) else function(tree)


def linear(layer, take=lambda tensor: tensor):
    return {"kernel": take(layer.weight).T, "bias": take(layer.bias)}


def collections(twin):
    """Copies of the twin's numbers in Linen's collections."""
    params = {"fc1": linear(twin.fc1), "bn": {"scale": twin.bn.weight, "bias": twin.bn.bias}, "fc2": linear(twin.fc2)}
    found = {"params": params, "batch_stats": {"bn": {"mean": twin.bn.running_mean, "var": twin.bn.running_var}}}
    return each(lambda tensor: tensor.detach().clone(), found)


def after_batch(twin, x):
    """The statistics after x was seen in train mode, without PyTorch's factor
    n / (n - 1) in running_var.
    """
    before = twin.bn.running_var.clone()
    twin.train()(x)
    kept = (1 - twin.bn.momentum) * before
    return {
        "batch_stats": {"bn": {"mean": twin.bn.running_mean, "var": kept + (twin.bn.running_var - kept) * (BATCH - 1) / BATCH}}
    }


@pytest.fixture
def variables(jax, twin):
    """The twin's numbers as Linen's variables, in the other room."""
    return named(jax.tree.map(jax.numpy.asarray, collections(twin)), "variables")


@pytest.mark.points(2)
def test_from_linen(learner, inside, twin, variables):
    """`from_linen` returns a model with Linen's numbers that computes what
    PyTorch does; the `model` passed to it keeps its own.
    """
    x = torch.randn(BATCH, 4)
    model = named(inside.made(learner.NNXNet, SIZES), "model")
    before = fetch(inside.numbers(model))
    new = named(learner.from_linen(model, variables), "from_linen(model, variables)")
    if compare(inside.numbers(new), collections(twin), "the numbers of from_linen(model, variables)"):
        compare(inside.run(new, x), twin(x), "from_linen(model, variables)(x)")
    unchanged(before, fetch(inside.numbers(model)), "model")


@pytest.mark.points(2)
def test_linen_variables(learner, inside, twin):
    """`linen_variables` returns the variables that LinenNet needs: with them,
    LinenNet computes what PyTorch does.
    """
    x = torch.randn(BATCH, 4)
    model = named(inside.made(learner.NNXNet, SIZES), "model")
    inside.fill(model, collections(twin))
    found = named(learner.linen_variables(model), "linen_variables(model)")
    if compare(found, collections(twin), "linen_variables(model)"):
        linen = named(learner.LinenNet(hidden=6, output_dim=3), "LinenNet")
        compare(inside.apply(linen, found, x), twin(x), "LinenNet with linen_variables(model)")


@pytest.fixture
def wrap(learner, inside, variables):
    """A function that wraps a LinenNet with the twin's numbers."""
    model = named(learner.LinenNet(hidden=6, output_dim=3), "model")
    rngs = named(inside.rngs(), "rngs")
    return lambda x: named(learner.wrap_linen(model, variables, named(x, "x"), rngs), "wrap_linen(...)")


@pytest.mark.points(2)
def test_wrap_linen(inside, jax, twin, wrap):
    """The module that `wrap_linen` returns computes what PyTorch does, and
    `nnx.grad` finds PyTorch's gradients for its Params.
    """
    x, y = torch.randn(BATCH, 4), torch.randn(BATCH, 3)
    wrapped = wrap(jax.numpy.asarray(x))
    compare(inside.run(wrapped, x), twin(x), "wrap_linen(model, variables, x, rngs)(x)")
    torch.nn.functional.mse_loss(twin(x), y).backward()
    grads = {
        "fc1": linear(twin.fc1, lambda tensor: tensor.grad),
        "bn": {"scale": twin.bn.weight.grad, "bias": twin.bn.bias.grad},
        "fc2": linear(twin.fc2, lambda tensor: tensor.grad),
    }
    compare(inside.grads(wrapped, x, y), grads, "the gradients of wrap_linen(model, variables, x, rngs)")


def test_wrap_linen_train(inside, jax, twin, wrap):
    """In train mode, the module that `wrap_linen` returns draws for Dropout and
    updates its statistics as PyTorch does.
    """
    x = 1.5 + 2 * torch.randn(BATCH, 4)
    wrapped = wrap(jax.numpy.asarray(x))
    compare(inside.run_train(wrapped, x), after_batch(twin, x), "wrap_linen(...) after one batch in train mode")


@pytest.mark.points(2)
def test_wrap_nnx(learner, inside, twin, variables):
    """The model that `wrap_nnx` returns has Linen's collections, computes what
    PyTorch does with them, and returns the new statistics.
    """
    x = 1.5 + 2 * torch.randn(BATCH, 4)
    model = named(learner.wrap_nnx(learner.NNXNet, *SIZES), "wrap_nnx(NNXNet, 4, 6, 3)")
    label = "the variables of wrap_nnx(NNXNet, 4, 6, 3)"
    specs = each(lambda tensor: Spec(tuple(tensor.shape), "float32"), collections(twin))
    if compare(inside.collections(model, x), specs, label):
        compare(inside.apply(model, variables, x), twin(x), "wrap_nnx(NNXNet, 4, 6, 3) with PyTorch's numbers")
        label = "the statistics of wrap_nnx(NNXNet, 4, 6, 3) after one batch"
        compare(inside.apply_train(model, variables, x), after_batch(twin, x), label)
