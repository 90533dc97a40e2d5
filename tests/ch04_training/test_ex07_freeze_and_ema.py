"""Graded checks of 4.7 freeze_and_ema."""

import pytest
import torch

from flaxkata.checks import compare, fetch, named, unchanged

LEARNED = "what is trained is said by the optimizer, and an average needs arrays of its own."

HINTS = (
    "A frozen layer is one whose updates are zero, whatever its gradient and the decay of weights say: another optimizer for "
    "those layers. The average is a model of its own, as AveragedModel's deep copy is.",
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
    """A TorchMLP after four AdamW steps with some layers frozen; its params
    before, and the gradients.
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
    """What `freeze` is told to freeze is to the last bit what it was."""
    for layers in (("fc1",), ("fc2", "fc10")):
        _, before, all_grads = trained(reference, layers)
        after = inside.steps(named(learner.freeze(inside.adamw(), layers), "tx"), before, all_grads)
        for layer in layers:
            compare(after[layer], before[layer], f"{layer} after steps of freeze(tx, {layers})", tolerance=0)


def test_trained(learner, inside, reference):
    """The other layers are trained by `freeze` as PyTorch trains them, also one
    whose name begins like a frozen one's.
    """
    expected, before, all_grads = trained(reference, ("fc1",))
    after = inside.steps(named(learner.freeze(inside.adamw(), ("fc1",)), "tx"), before, all_grads)
    for layer in ("fc2", "fc10"):
        # Adam divides small numbers by small numbers, so right steps drift apart by up to 1.1e-6 in ten steps.
        compare(after[layer], expected[layer], f"{layer} after steps of freeze(tx, ('fc1',))", tolerance=1e-4)


def test_start(learner, inside, jax, reference):
    """`ema_start` gives the params, and still does when a training step has
    been given their arrays.
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
    """`ema` leaves the average and the params that it is given as they were."""
    trees = []
    for name in ("average", "params"):
        numbers = in_flax(reference.TorchMLP())
        trees.append((numbers, named(jax.tree.map(jax.numpy.asarray, numbers), name)))
    learner.ema(trees[0][1], trees[1][1], 0.9)
    for (numbers, tree), name in zip(trees, ("average", "params"), strict=True):
        unchanged(numbers, fetch(tree), name)
