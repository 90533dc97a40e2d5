"""Graded checks of 4.1 gradients."""

import pytest
import torch

from flaxkata.checks import between, compare, each, fetch, named, preserving, unchanged, when

LEARNED = "jax.value_and_grad(f, has_aux=True) returns ((loss, the rest), a tree of gradients); nothing accumulates."

HINTS = (
    "`jax.grad` returns what `backward()` leaves in `p.grad`. It needs the loss as a function of the parameters, so write "
    "one inside `loss_and_grad`, with the parameters as its first argument.",
    "Use `jax.value_and_grad(loss_fn, has_aux=True)` with a loss_fn that returns (loss, predictions). `.squeeze(-1)` gives "
    "the predictions the shape (batch,). `jax.tree.map` walks over params and grads together.",
    'loss_fn(params): predictions = model.apply({"params": params}, x).squeeze(-1); return the mean of (predictions - y) ** 2 '
    "and the predictions. sgd_step: jax.tree.map(lambda p, g: p - lr * g, params, grads).",
)

WORDS = {"loss.backward()": "jax.grad"}


NAMES = {"weight": "kernel", "bias": "bias"}


def in_flax(twin, pick):
    """`pick` of each of the twin's parameters, in Flax's layout."""
    return {n: {NAMES.get(k, k): pick(p).t().clone() for k, p in m.named_parameters()} for n, m in twin.named_children()}


def weights(twin):
    return in_flax(twin, lambda p: p.detach())


def gradients(twin):
    """What is in `p.grad`, with the names in `jax.grad`'s order."""
    grads = in_flax(twin, lambda p: p.grad)
    return {n: dict(sorted(grads[n].items())) for n in sorted(grads)}


@pytest.fixture
def setting(learner, reference):
    """A function that makes (twin, model, x, y) of given sizes; the biases are
    not small.
    """

    def make(in_dim, hidden, batch):
        twin = reference.TorchMLP(in_dim, hidden)
        model = named(learner.FlaxMLP(hidden=hidden), "model")
        return twin, model, 2 * torch.randn(batch, in_dim), 3 * torch.randn(batch)

    return make


SIZES = "with in_dim {}, hidden {} and a batch of {}"


@pytest.mark.points(2)
def test_numbers(learner, reference, setting):
    """`loss_and_grad` returns PyTorch's loss, predictions and gradients, even
    for a batch of one.
    """
    for in_dim, hidden, batch in each(((4, 6, 5), (3, 7, 1)), SIZES):
        twin, model, x, y = setting(in_dim, hidden, batch)
        loss, predictions = reference.torch_loss(twin, x, y)
        back = preserving(learner.loss_and_grad, "", "params")(model, weights(twin), x, y)
        compare(back, ((loss, predictions), gradients(twin)), "loss_and_grad(model, params, x, y)")
    with when("where y is what the model predicts"):
        twin, model, x, y = setting(4, 6, 5)
        torch.nn.init.zeros_(twin.fc2.weight)  # so that the predictions are the bias, to the last bit
        loss, predictions = reference.torch_loss(twin, x, y := twin.fc2.bias.detach().expand(5))
        back = learner.loss_and_grad(model, weights(twin), x, y)
        compare(back, ((loss, predictions), gradients(twin)), "loss_and_grad(model, params, x, y)")
    with when("where y and the predictions are around 1000"):
        torch.nn.init.constant_(twin.fc2.bias, 1000)
        twin.zero_grad()
        loss, predictions = reference.torch_loss(twin, x, y := 1000 + torch.randn(5))
        back = learner.loss_and_grad(model, weights(twin), x, y)
        compare(back, ((loss, predictions), gradients(twin)), "loss_and_grad(model, params, x, y)")


def test_jit(learner, jax, reference, setting):
    """`loss_and_grad` returns the same under `jax.jit`."""
    twin, model, x, y = setting(4, 2, 7)
    loss, predictions = reference.torch_loss(twin, x, y)
    back = jax.jit(learner.loss_and_grad, static_argnums=0)(model, weights(twin), x, y)
    compare(back, ((loss, predictions), gradients(twin)), "loss_and_grad(model, params, x, y) under jax.jit")


def stepped(twin, lr):
    """Parameters and gradients of a PyTorch module, and what a step of
    torch.optim.SGD makes of the parameters.
    """
    for p in twin.parameters():
        p.grad = torch.randn(p.shape)
    before, grads = weights(twin), gradients(twin)
    torch.optim.SGD(twin.parameters(), lr).step()
    return before, grads, weights(twin)


def test_step(learner, reference):
    """`sgd_step` returns the parameters that PyTorch has after its step."""
    for lr in each((between(0.2, 0.4), between(1.2, 1.5)), "with lr {}"):
        before, grads, after = stepped(reference.TorchMLP(4, 6), lr)
        compare(learner.sgd_step(before, grads, lr), after, "sgd_step(params, grads, lr)")
    with when("with the layers fc1, fc2, fc10, afc2, Dense_0, out without a bias, and rnn with four arrays of other names"):
        sizes = {"fc1": (4, 6), "fc2": (6, 6), "fc10": (6, 6), "afc2": (6, 6), "Dense_0": (6, 6), "out": (6, 3, False)}
        layers = {name: torch.nn.Linear(*size) for name, size in sizes.items()}
        many = torch.nn.ModuleDict(layers | {"rnn": torch.nn.GRUCell(6, 3)})
        before, grads, after = stepped(many, 0.75)
        compare(learner.sgd_step(before, grads, 0.75), after, "sgd_step(params, grads, 0.75)")
    with when("with a layer called 'block_1.0/out', and a layer without arrays"):
        trees = stepped(reference.TorchMLP(4, 6), 0.75)
        before, grads, after = ({"block_1.0/out": tree["fc1"], "dropout": {}} for tree in trees)
        compare(learner.sgd_step(before, grads, 0.75), after, "sgd_step(params, grads, 0.75)")


def test_params_unchanged(learner, jax, reference):
    """`sgd_step` does not change the `params` and `grads` it is given."""
    params, grads, _ = stepped(reference.TorchMLP(4, 6), 0.25)
    params, grads = (jax.tree.map(jax.numpy.asarray, tree) for tree in (params, grads))
    params, grads = named(params, "params"), named(grads, "grads")
    before = fetch(params), fetch(grads)
    learner.sgd_step(params, grads, 0.25)
    unchanged(before[0], fetch(params), "params")
    unchanged(before[1], fetch(grads), "grads")
