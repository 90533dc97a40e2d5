"""Graded checks of 7.3 linen_and_nnx."""

import numpy as np
import pytest
import torch

from flaxkata.checks import Spec, as_numpy, compare, expect, fetch, named, reading, unchanged, when

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

WORDS = {"torch.nn.Module.state_dict": "nnx.to_pure_dict", "torch.nn.Module.load_state_dict": "nnx.update"}
SIZES, SMALL = (4, 6, 3), (4, 5)
BATCH = 8


class TorchBlock(torch.nn.Module):
    def __init__(self, in_dim: int):
        super().__init__()
        self.norm = torch.nn.BatchNorm1d(in_dim)
        self.inner = torch.nn.Linear(in_dim, in_dim)

    def forward(self, x):
        return self.inner(self.norm(x))


class TorchSmall(torch.nn.Module):
    """A network with other layers than TorchNet: two of them in a layer, and a
    parameter in none.
    """

    def __init__(self, in_dim: int, output_dim: int):
        super().__init__()
        self.block = TorchBlock(in_dim)
        self.gain = torch.nn.Parameter(torch.randn(in_dim))
        self.proj = torch.nn.Linear(in_dim, output_dim)

    def forward(self, x):
        return self.proj(self.block(x) * self.gain)


def randomized(twin):
    """The twin in eval mode, without any number that is 0 or 1."""
    with torch.no_grad():
        for bn in (layer for layer in twin.modules() if isinstance(layer, torch.nn.BatchNorm1d)):
            for tensor in (bn.weight, bn.running_var):
                tensor.uniform_(0.5, 2.0)
            for tensor in (bn.bias, bn.running_mean):
                tensor.normal_()
    return twin.eval()


@pytest.fixture
def twin(reference):
    return randomized(reference.TorchNet(*SIZES))


@pytest.fixture
def small():
    return randomized(TorchSmall(*SMALL))


def mapped(function, tree):
    return {name: mapped(function, item) for name, item in tree.items()} if isinstance(tree, dict) else function(tree)


def linear(layer, take=lambda tensor: tensor):
    return {"kernel": take(layer.weight).T, "bias": take(layer.bias)}


def collections(twin):
    """Copies of a twin's numbers in Linen's collections."""
    found = {"params": dict(twin.named_parameters(recurse=False)), "batch_stats": {}}
    for name, layer in twin.named_children():
        if isinstance(layer, torch.nn.Linear):
            found["params"][name] = linear(layer)
        elif isinstance(layer, torch.nn.BatchNorm1d):
            found["params"][name] = {"scale": layer.weight, "bias": layer.bias}
            found["batch_stats"][name] = {"mean": layer.running_mean, "var": layer.running_var}
        elif list(layer.children()):
            for collection, numbers in collections(layer).items():
                found[collection][name] = numbers
    return mapped(lambda tensor: tensor.detach().clone(), found)


def specs(twin):
    """The shapes of a twin's numbers in Linen's collections."""
    return mapped(lambda tensor: Spec(tuple(tensor.shape), "float32"), collections(twin))


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
def variables_of(jax):
    """A function: a twin's numbers as Linen's variables, in the other room."""
    return lambda twin: named(jax.tree.map(jax.numpy.asarray, collections(twin)), "variables")


@pytest.fixture
def variables(variables_of, twin):
    return variables_of(twin)


@pytest.mark.points(2)
def test_from_linen(learner, inside, twin, small, variables_of):
    """`from_linen` returns a model with Linen's numbers that computes what
    PyTorch does; the `model` passed to it keeps its own, and its mode.
    """
    x = torch.randn(BATCH, 4)
    for which, net, module, sizes in (
        ("NNXNet", twin, inside.NNXNet, SIZES),
        ("a net with layers in a layer and a Param in none", small, inside.NNXSmall, SMALL),
    ):
        with when(f"with {which}"):
            model, variables = named(inside.made(module, sizes), "model"), variables_of(net)
            before, given, modes = fetch(inside.numbers(model)), fetch(variables), fetch(inside.modes(model))
            new = named(learner.from_linen(model, variables), "from_linen(model, variables)")
            if compare(inside.numbers(new), collections(net), "the numbers of from_linen(model, variables)") and net is twin:
                compare(
                    reading(inside.call, "from_linen(model, variables)(x)")(new, x), net(x), "from_linen(model, variables)(x)"
                )
            unchanged(before, fetch(inside.numbers(model)), "model")
            unchanged(given, fetch(variables), "variables")
            in_the_same_mode(inside, model, modes, "from_linen(model, variables)")


def in_the_same_mode(inside, model, modes, call):
    """Record whether a model has the modes of before a call."""
    words = f"{call} changed the mode of layers of model."
    expect(fetch(inside.modes(model)) == modes, f"the mode of model after {call}", words)


@pytest.mark.points(2)
def test_linen_variables(learner, inside, twin, small):
    """`linen_variables` returns the variables that LinenNet needs: with them,
    LinenNet computes what PyTorch does. The model stays as it is.
    """
    x = torch.randn(BATCH, 4)
    for which, net, module, sizes in (
        ("NNXNet", twin, inside.NNXNet, SIZES),
        ("a net with layers in a layer and a Param in none", small, inside.NNXSmall, SMALL),
    ):
        with when(f"with {which}"):
            model = named(inside.made(module, sizes), "model")
            inside.fill(model, collections(net))
            modes = fetch(inside.modes(model))
            found = named(learner.linen_variables(model), "linen_variables(model)")
            if compare(found, collections(net), "linen_variables(model)") and net is twin:
                linen = named(inside.LinenNet(hidden=6, output_dim=3), "LinenNet")
                compare(
                    reading(inside.apply, "LinenNet.apply")(linen, found, x), net(x), "LinenNet with linen_variables(model)"
                )
            compare(inside.numbers(model), collections(net), "model after linen_variables(model)", reference="before, it")
            in_the_same_mode(inside, model, modes, "linen_variables(model)")


@pytest.fixture
def wrap(learner, inside, variables):
    """A function that wraps a LinenNet with the twin's numbers."""
    model = named(inside.LinenNet(hidden=6, output_dim=3), "model")

    def wrap(x, seed=1):
        return named(learner.wrap_linen(model, variables, named(x, "x"), named(inside.rngs(seed), "rngs")), "wrap_linen(...)")

    return wrap


@pytest.mark.points(2)
def test_wrap_linen(learner, inside, jax, twin, small, variables, variables_of, wrap):
    """The module that `wrap_linen` returns computes what PyTorch does, and
    `nnx.grad` finds PyTorch's gradients for its Params.
    """
    x, y = torch.randn(BATCH, 4), torch.randn(BATCH, 3)
    given = fetch(variables)
    wrapped = wrap(jax.numpy.asarray(x[:1]))
    compare(
        reading(inside.call, "wrap_linen(model, variables, x, rngs)(x)")(wrapped, x),
        twin(x),
        "wrap_linen(model, variables, x, rngs)(x)",
    )
    torch.nn.functional.mse_loss(twin(x), y).backward()
    grads = {
        "fc1": linear(twin.fc1, lambda tensor: tensor.grad),
        "bn": {"scale": twin.bn.weight.grad, "bias": twin.bn.bias.grad},
        "fc2": linear(twin.fc2, lambda tensor: tensor.grad),
    }
    compare(reading(inside.grads, "nnx.grad")(wrapped, x, y), grads, "the gradients of wrap_linen(model, variables, x, rngs)")
    unchanged(given, fetch(variables), "variables")
    with when("for a Linen model of other layers, which sows and takes no `train`"):
        model, x = named(inside.LinenSmall(SMALL[1]), "model"), torch.randn(BATCH, SMALL[0])
        wrapped = learner.wrap_linen(
            model, variables_of(small), named(jax.numpy.asarray(x), "x"), named(inside.rngs(1), "rngs")
        )
        before = fetch(inside.holds(wrapped))
        compare(
            reading(inside.call, "wrap_linen(model, variables, x, rngs)(x)")(wrapped, x),
            small(x),
            "wrap_linen(model, variables, x, rngs)(x)",
        )
        compare(
            inside.holds(wrapped), before, "what wrap_linen(...) holds after a call without `mutable`", reference="before, it"
        )


def test_wrap_linen_train(inside, jax, twin, wrap):
    """In train mode, the module that `wrap_linen` returns draws for Dropout
    from `rngs` and updates its statistics as PyTorch does.
    """
    x = 1.5 + 2 * torch.randn(BATCH, 4)
    given = jax.numpy.asarray(x)
    wrapped = wrap(given)
    first = drawn(inside, wrapped, x)
    compare(inside.statistics(wrapped), after_batch(twin, x), "wrap_linen(...) after one batch in train mode")
    words = "wrap_linen(...) drew the same mask for Dropout in two calls in train mode."
    expect(not np.array_equal(first, drawn(inside, wrapped, x)), "two calls of wrap_linen(...) in train mode", words)
    same, other = (drawn(inside, wrap(given, seed), x) for seed in (1, 2))
    words = "two modules from wrap_linen with rngs of one seed drew different masks for Dropout."
    expect(np.array_equal(first, same), "two rngs of one seed", words)
    words = "two modules from wrap_linen with rngs of different seeds drew the same mask for Dropout."
    expect(not np.array_equal(first, other), "two rngs of different seeds", words)


def drawn(inside, wrapped, x):
    """The output in train mode, as NumPy."""
    return getattr(fetch(reading(inside.call_in_train_mode, "wrap_linen(...)(x, train=True, ...)")(wrapped, x)), "value", None)


@pytest.mark.points(2)
def test_wrap_nnx(learner, inside, twin, small, variables):
    """The model that `wrap_nnx` returns has Linen's collections, computes what
    PyTorch does with them, and returns the new statistics.
    """
    x = 1.5 + 2 * torch.randn(BATCH, 4)
    model = named(learner.wrap_nnx(inside.NNXNet, *SIZES), "wrap_nnx(NNXNet, 4, 6, 3)")
    if compare(
        reading(inside.init, "wrap_nnx(NNXNet, 4, 6, 3).init")(model, x),
        specs(twin),
        "the variables of wrap_nnx(NNXNet, 4, 6, 3)",
    ):
        compare(
            reading(inside.apply, "wrap_nnx(NNXNet, 4, 6, 3).apply")(model, variables, x),
            twin(x),
            "wrap_nnx(NNXNet, 4, 6, 3) with PyTorch's numbers",
        )
        label = "the statistics of wrap_nnx(NNXNet, 4, 6, 3) after one batch"
        compare(
            reading(inside.apply_in_train_mode, "wrap_nnx(NNXNet, 4, 6, 3).apply")(model, variables, x),
            after_batch(twin, x),
            label,
        )
    model = named(learner.wrap_nnx(inside.NNXSmall, *SMALL), "wrap_nnx(OtherNet, 4, 5)")
    one, other = (as_numpy(fetch(inside.drawn(model, x, seed))) for seed in (3, 4))
    words = "wrap_nnx(OtherNet, 4, 5).init gives the same kernel for two different keys; nnx.Rngs must come from its key."
    expect(bool((one != other).any()), "the kernels of two keys", words)
    compare(
        reading(inside.init, "wrap_nnx(OtherNet, 4, 5).init")(model, x),
        specs(small),
        "the variables of wrap_nnx(OtherNet, 4, 5)",
    )
