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


def network(sizes):
    """A twin with layers of these names; PyTorch takes few of them."""
    twin = torch.nn.ModuleDict({str(i): torch.nn.Linear(*size) for i, size in enumerate(sizes.values())})
    twin.called = tuple(sizes)
    return twin


def called(twin):
    """The names of its layers in Flax."""
    return getattr(twin, "called", [name for name, _ in twin.named_children()])


def in_flax(twin, what="data"):
    """The twin's "data" or "grad" in Flax's layout, as tensors of their own."""
    layers = zip(called(twin), twin.children(), strict=True)
    pick = {name: (getattr(m.weight, what), getattr(m.bias, what)) for name, m in layers}
    return {n: {"kernel": weight.T.clone(), "bias": bias.clone()} for n, (weight, bias) in pick.items()}


AFTER = "after steps of {}, with freeze(tx, {}){}"
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
    names = zip(called(twin), twin.named_children(), strict=True)
    reference.torch_freeze(twin, [name for layer, (name, _) in names if layer in layers])
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

    def take(tx, layers, before, all_grads, others=()):
        frozen = learner.freeze(named(getattr(inside, tx)(), "tx"), layers)
        return reading(inside.steps, "the update of freeze(tx, layers)")(frozen, before, all_grads, others)

    return take


ARRAYS = ("jax.Array", "numpy.ndarray")  # a copy in NumPy keeps the numbers too


@pytest.mark.points(2)
def test_frozen(reference, steps):
    """The layers that `freeze` freezes stay the same to the last bit, whatever
    their gradients are.
    """
    odd = ("block/fc1", "fc(1)", "train", "trained")
    cases = (("adamw", ["fc2", "fc10"], ""), ("sgd", ("fc1", "fc2", "fc10"), ""), ("noisy_sgd", odd, ""))
    for tx, layers, _ in each(cases, AFTER):
        twin = network(dict.fromkeys(("fc1", *odd), (3, 2))) if layers is odd else reference.TorchMLP()
        _, before, all_grads = trained(reference, twin, layers, tx)
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
    begins like a frozen layer's, or whose bias is called like one, with a tx
    that looks at all gradients together, and with several networks.
    """
    sizes = {"fc1": (4, 6), "fc10": (6, 5), "my_fc1": (5, 3), "fc": (3, 2), "fc1/0": (3, 2), "bias": (5, 3), "fc1.0": (5, 3)}
    some, begun = ("fc1", "bias", "fc1.0"), ", whose `init` was called for another network too"
    for tx, layers, more in each((("adamw", some, begun), ("clipped_sgd", (), "")), AFTER):
        expected, before, all_grads = trained(reference, network(sizes) if more else reference.TorchMLP(), layers, tx)
        after = steps(tx, layers, before, all_grads, ({**before, "fc2": before["fc1"]},) if more else ())
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


def in_numpy(tree):
    return {layer: {name: leaf.numpy() for name, leaf in leaves.items()} for layer, leaves in tree.items()}


@pytest.mark.points(2)
def test_ema(learner, reference):
    """`ema` follows AveragedModel, update by update."""
    decays = ((between(0.5, 0.7), "JAX"), (0.99, "JAX"), (0.0, "JAX"), (1.0, "NumPy"))
    for decay, kind in each(decays, "with decay {}, from an average of {} arrays on"):
        twin = reference.TorchMLP()
        torch.nn.init.zeros_(twin.fc2.bias)  # as biases often begin
        theirs = reference.torch_average(twin, decay)
        theirs.update_parameters(twin)
        average = in_flax(twin)
        if kind == "NumPy":
            average = in_numpy(average)
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
        preserving(learner.ema, "average")(in_numpy(trees[0][0]), trees[1][1], 0.9)
