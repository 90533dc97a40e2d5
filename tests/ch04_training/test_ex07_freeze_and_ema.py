"""Graded checks of 4.7 freeze_and_ema."""

import pytest
import torch

from flaxkata.checks import compare, fetch, named, unchanged

LEARNED = "the optimizer decides what is trained, and an average needs arrays of its own."

HINTS = (
    "A frozen layer is one whose updates are zero, whatever its gradient and weight decay say: give those layers a different "
    "optimizer. The average is a model of its own, like AveragedModel's deep copy.",
    '`optax.multi_transform({"frozen": optax.set_to_zero(), "trained": tx}, labels)` with a function labels(params); '
    "`jnp.copy` and `jax.tree.map` for the average.",
    'labels(params): {layer: "frozen" if layer in layers else "trained" for layer in params}. ema_start: '
    "jax.tree.map(jnp.copy, params). ema: jax.tree.map(lambda a, p: decay * a + (1 - decay) * p, average, params).",
)


def in_flax(twin, what="data"):
    """The twin's "data" or "grad" in Flax's layout, as tensors of their own."""
    pick = {n: (getattr(m.weight, what), getattr(m.bias, what)) for n, m in twin.named_children()}
    return {n: {"kernel": weight.T.clone(), "bias": bias.clone()} for n, (weight, bias) in pick.items()}


def trained(reference, layers):
    """The params of a TorchMLP after four AdamW steps with some layers frozen,
    its params before them, and the gradients.
    """
    twin = reference.TorchMLP()
    before, all_grads = in_flax(twin), []
    reference.torch_freeze(twin, layers)
    optimizer = torch.optim.AdamW(twin.parameters(), lr=0.05, weight_decay=0.1)
    for _ in range(4):
        for p in twin.parameters():
            p.grad = torch.randn(p.shape)
        all_grads.append(in_flax(twin, "grad"))
        for p in twin.parameters():
            p.grad = p.grad if p.requires_grad else None  # as after backward()
        optimizer.step()
    return in_flax(twin), before, all_grads


@pytest.mark.points(2)
def test_frozen(learner, inside, reference):
    """The layers that `freeze` freezes stay the same to the last bit."""
    for layers in (("fc1",), ("fc2", "fc10")):
        _, before, all_grads = trained(reference, layers)
        after = inside.steps(named(learner.freeze(inside.adamw(), layers), "tx"), before, all_grads)
        for layer in layers:
            compare(after[layer], before[layer], f"{layer} after steps of freeze(tx, {layers})", tolerance=0)


def test_trained(learner, inside, reference):
    """With `freeze` the other layers train as in PyTorch, even one whose name
    begins like a frozen layer's.
    """
    expected, before, all_grads = trained(reference, ("fc1",))
    after = inside.steps(named(learner.freeze(inside.adamw(), ("fc1",)), "tx"), before, all_grads)
    for layer in ("fc2", "fc10"):
        # Adam divides small numbers by small numbers, so right steps drift
        # apart by up to 1.1e-6 in ten steps.
        compare(after[layer], expected[layer], f"{layer} after steps of freeze(tx, ('fc1',))", tolerance=1e-4)


def test_start(learner, inside, jax, reference):
    """`ema_start` returns the numbers of params, and keeps them when a training
    step donates the arrays of params.
    """
    numbers = in_flax(reference.TorchMLP())
    params = named(jax.tree.map(jax.numpy.asarray, numbers), "params")
    average = learner.ema_start(params)
    compare(average, numbers, "ema_start(params)")
    inside.donating_step(params)
    compare(named(average, "ema_start(params), after a step with donate_argnums"), numbers)


@pytest.mark.points(2)
def test_ema(learner, reference):
    """`ema` follows AveragedModel, update by update."""
    twin = reference.TorchMLP()
    theirs = reference.torch_average(twin, 0.9)
    theirs.update_parameters(twin)
    average = in_flax(twin)
    for count in range(1, 4):
        for p in twin.parameters():
            p.data += torch.randn(p.shape)
        theirs.update_parameters(twin)
        average = named(learner.ema(average, in_flax(twin), 0.9), "average")
        compare(average, in_flax(theirs.module), f"ema(average, params, 0.9), update {count}")


def test_ema_unchanged(learner, jax, reference):
    """`ema` does not change the `average` and the `params` it is given."""
    trees = []
    for name in ("average", "params"):
        numbers = in_flax(reference.TorchMLP())
        trees.append((numbers, named(jax.tree.map(jax.numpy.asarray, numbers), name)))
    learner.ema(trees[0][1], trees[1][1], 0.9)
    for (numbers, tree), name in zip(trees, ("average", "params"), strict=True):
        unchanged(numbers, fetch(tree), name)
