"""Graded checks of 4.7 freeze_and_ema."""

import pytest
import torch

from flaxkata.checks import between, compare, each, fetch, named, preserving, reading, unchanged, when

LEARNED = "the optimizer decides what is trained, and an average needs arrays of its own."

HINTS = (
    "A frozen layer is one whose updates are zero, whatever its gradient and weight decay say: give those layers a different "
    "optimizer. The average is a model of its own, like AveragedModel's deep copy.",
    '`optax.partition({"frozen": optax.set_to_zero(), "trained": tx}, labels)` with a function labels(params); '
    "`jnp.copy` and `jax.tree.map` for the average.",
    'labels(params): {layer: "frozen" if layer in layers else "trained" for layer in params}. ema_start: '
    "jax.tree.map(jnp.copy, params). ema: jax.tree.map(lambda a, p: decay * a + (1 - decay) * p, average, params).",
)

WORDS = {"p.requires_grad_(False)": "optax.set_to_zero()", "torch.optim.swa_utils.AveragedModel": "jax.tree.map"}

OLDER = {"optax.multi_transform": "optax.partition"}


def in_flax(twin, what="data"):
    """The twin's "data" or "grad" in Flax's layout, as tensors of their own."""
    pick = {n: (getattr(m.weight, what), getattr(m.bias, what)) for n, m in twin.named_children()}
    return {n: {"kernel": weight.T.clone(), "bias": bias.clone()} for n, (weight, bias) in pick.items()}


AFTER = "after steps of {}, with freeze(tx, {})"
OPTIMIZERS = {
    "adamw": lambda p: torch.optim.AdamW(p, lr=0.05, weight_decay=0.1),
    "sgd": lambda p: torch.optim.SGD(p, lr=0.1, momentum=0.9),
    "clipped_sgd": lambda p: torch.optim.SGD(p, lr=0.1, momentum=0.9),
    "noisy_sgd": lambda p: torch.optim.SGD(p, lr=0.1, momentum=0.9),  # PyTorch has no noise; frozen layers get none
}


def trained(reference, twin, layers, tx):
    """The params of a twin after four steps with some layers frozen, its params
    before them, and the gradients.
    """
    before, all_grads = in_flax(twin), []
    reference.torch_freeze(twin, layers)
    optimizer = OPTIMIZERS[tx](twin.parameters())
    for _ in range(4):
        for p in twin.parameters():
            p.grad = torch.randn(p.shape)
        all_grads.append(in_flax(twin, "grad"))
        for p in twin.parameters():
            p.grad = p.grad if p.requires_grad else None  # as after backward()
        if tx == "clipped_sgd":
            torch.nn.utils.clip_grad_norm_(twin.parameters(), 1.0)
        optimizer.step()
    return in_flax(twin), before, all_grads


@pytest.fixture
def steps(learner, inside):
    """A function that takes steps with `freeze(tx, layers)`."""

    def take(tx, layers, before, all_grads):
        frozen = learner.freeze(named(getattr(inside, tx)(), "tx"), layers)
        return reading(inside.steps, "the update of freeze(tx, layers)")(frozen, before, all_grads)

    return take


ARRAYS = ("jax.Array", "numpy.ndarray")  # a copy in NumPy keeps the numbers too


@pytest.mark.points(2)
def test_frozen(reference, steps):
    """The layers that `freeze` freezes stay the same to the last bit, whatever
    their gradients are.
    """
    for tx, layers in each((("adamw", ["fc2", "fc10"]), ("sgd", ("fc1", "fc2", "fc10")), ("noisy_sgd", ("fc2",))), AFTER):
        _, before, all_grads = trained(reference, reference.TorchMLP(), layers, tx)
        after = steps(tx, layers, before, all_grads)
        for layer in layers:
            compare(after[layer], before[layer], f"params[{layer!r}]", tolerance=0)
    with when("after steps of sgd, with freeze(tx, ('fc1',)) and an infinite gradient in fc1"):
        _, before, all_grads = trained(reference, reference.TorchMLP(), ("fc1",), "sgd")
        all_grads[0]["fc1"]["kernel"][0, 0] = torch.inf
        after = steps("sgd", ("fc1",), before, all_grads)
        compare(after["fc1"], before["fc1"], "params['fc1']", tolerance=0)


def test_trained(reference, steps):
    """With `freeze` the other layers train as in PyTorch, even one whose name
    begins like a frozen layer's, or whose bias is called like one, and with a
    tx that looks at all gradients together.
    """
    names = {"fc1": (4, 6), "fc10": (6, 5), "my_fc1": (5, 3), "fc": (3, 2), "bias": (5, 3)}
    others = {
        ("fc1", "bias"): torch.nn.ModuleDict({name: torch.nn.Linear(*size) for name, size in names.items()}),
        (): reference.TorchMLP(),
    }
    for tx, layers in each((("adamw", ("fc1", "bias")), ("clipped_sgd", ())), AFTER):
        expected, before, all_grads = trained(reference, others[layers], layers, tx)
        after = steps(tx, layers, before, all_grads)
        for layer in (name for name in expected if name not in layers):
            # Adam divides small numbers by small numbers, so right steps drift
            # apart by up to 1.1e-6 in ten steps.
            compare(after[layer], expected[layer], f"params[{layer!r}]", tolerance=1e-4)


def test_start(learner, inside, jax, reference):
    """`ema_start` returns the numbers of params, and keeps them when a training
    step donates the arrays of params.
    """
    numbers = in_flax(reference.TorchMLP())
    params = named(jax.tree.map(jax.numpy.asarray, numbers), "params")
    average = preserving(learner.ema_start, "params")(params)
    compare(average, numbers, "ema_start(params)", kinds=ARRAYS)
    inside.donating_step(params)
    compare(named(average, "ema_start(params), after a step with donate_argnums"), numbers, kinds=ARRAYS)


@pytest.mark.points(2)
def test_ema(learner, reference):
    """`ema` follows AveragedModel, update by update."""
    for decay in each((between(0.5, 0.7), 0.99), "with decay {}"):
        twin = reference.TorchMLP()
        torch.nn.init.zeros_(twin.fc2.bias)  # as biases often begin
        theirs = reference.torch_average(twin, decay)
        theirs.update_parameters(twin)
        average = in_flax(twin)
        for count in range(1, 4):
            for p in twin.parameters():
                p.data += torch.randn(p.shape)
            theirs.update_parameters(twin)
            average = named(learner.ema(average, in_flax(twin), decay), "average")
            compare(average, in_flax(theirs.module), f"ema(average, params, decay) after update {count}")


def test_ema_unchanged(learner, jax, reference):
    """`ema` does not change the `average` and the `params` it is given."""
    trees = []
    for name in ("average", "params"):
        numbers = in_flax(reference.TorchMLP())
        trees.append((numbers, named(jax.tree.map(jax.numpy.asarray, numbers), name)))
    learner.ema(trees[0][1], trees[1][1], 0.9)
    for (numbers, tree), name in zip(trees, ("average", "params"), strict=True):
        unchanged(numbers, fetch(tree), name)
    with when("where average has NumPy arrays"):
        average = {layer: {name: leaf.numpy() for name, leaf in leaves.items()} for layer, leaves in trees[0][0].items()}
        preserving(learner.ema, "average")(average, trees[1][1], 0.9)
