"""Graded checks of 3.2 dropout."""

import numpy as np
import pytest
import torch

from flaxkata.checks import compare, expect, fetch, named

LEARNED = "dropout takes its key and its mode in each call, and the same key always gives the same mask."

HINTS = (
    "What model.train() and model.eval() set is an argument here, and in place of PyTorch's global generator you make a "
    "key. In eval mode nothing is drawn.",
    "`nn.Dropout(rate, deterministic=...)` works as PyTorch's does, except for its flag. "
    '`apply(..., rngs={"dropout": key})` gives it a key; `jax.random.fold_in(key, step)` makes a key per step.',
    "FlaxNet: nn.Dropout(self.rate, deterministic=not train) between tanh and fc2. train_apply: "
    'model.apply(variables, x, True, rngs={"dropout": jax.random.fold_in(key, step)}). eval_apply: the same with False.',
)
SIZES = {"hidden": 50, "output_dim": 50, "rate": 0.25}
ROWS = 400
SHARE = 0.02  # a share of 20,000 draws has a standard error of 0.003; it is compared with PyTorch's


def random_twin(reference):
    """A fresh TorchNet, and its weights as Flax keeps them."""
    return with_variables(reference.TorchNet(4, **SIZES))


def showing_twin(reference):
    """A TorchNet whose output shows its mask: tanh(0.5) where kept, before
    scaling, and 0 where dropped.
    """
    twin = reference.TorchNet(4, **SIZES)
    with torch.no_grad():
        twin.fc1.weight.zero_()
        twin.fc1.bias.fill_(0.5)
        twin.fc2.weight.copy_(torch.eye(SIZES["hidden"]))
        twin.fc2.bias.zero_()
    return with_variables(twin)


def with_variables(twin):
    layers = {n: {"kernel": getattr(twin, n).weight.detach().T, "bias": getattr(twin, n).bias} for n in ("fc1", "fc2")}
    return twin, {"params": layers}


def numbers(handle, label):
    """The output as NumPy, or None and a finding."""
    back = fetch(handle)
    right = getattr(back, "kind", "") == "jax.Array" and tuple(back.shape) == (ROWS, SIZES["output_dim"])
    words = (
        f"{label} gave a {getattr(back, 'kind', type(back).__name__)}; expected a jax.Array ({ROWS}, {SIZES['output_dim']})."
    )
    return back.value if expect(right, label, words) else None


@pytest.fixture
def x():
    return torch.randn(ROWS, 4)


@pytest.fixture
def net(inside):
    """A correct FlaxNet in the other room."""
    return named(inside.Net(**SIZES), "model")


def test_network_eval(learner, reference, inside, x):
    """`FlaxNet` drops nothing in eval mode and needs no key: with PyTorch's
    weights it gives PyTorch's numbers.
    """
    twin, variables = random_twin(reference)
    model = named(learner.FlaxNet(**SIZES), "FlaxNet")
    compare(inside.evaluate(model, variables, x), reference.torch_eval_apply(twin, x), "FlaxNet in eval mode")


@pytest.mark.points(2)
def test_network_train(learner, reference, inside, jax, x):
    """In train mode `FlaxNet` drops as often as PyTorch, scales what it keeps
    as PyTorch does, and draws for each element.
    """
    twin, variables = showing_twin(reference)
    model = named(learner.FlaxNet(**SIZES), "FlaxNet")
    mine = numbers(inside.train(model, variables, x, jax.random.key(0)), "FlaxNet in train mode")
    if mine is None:
        return
    theirs = reference.torch_train_apply(twin, x).detach().numpy()
    values = [np.unique(y.round(4)).tolist() for y in (mine, theirs)]
    shown = [", ".join(f"{v:.4f}" for v in some[:4]) for some in values]
    words = f"With all hidden units equal, FlaxNet in train mode gave the values {shown[0]}; PyTorch gave {shown[1]}."
    same = len(values[0]) == len(values[1]) and np.allclose(*values, atol=2e-4)
    expect(same, "the values of FlaxNet in train mode", words, values[0][:4])
    words = "FlaxNet drops the same units in every row of the batch; PyTorch draws for each element."
    alike = (mine == mine[0]).all() and not (mine == mine[0, 0]).all()
    if expect(not alike, "the rows of FlaxNet in train mode", words):
        compare(*((y != 0).mean() for y in (mine, theirs)), "the share of units that FlaxNet keeps", tolerance=SHARE)


def test_eval_apply(learner, reference, net, x):
    """`eval_apply` gives PyTorch's numbers in eval mode."""
    twin, variables = random_twin(reference)
    compare(learner.eval_apply(net, variables, x), reference.torch_eval_apply(twin, x), "eval_apply(model, variables, x)")


@pytest.mark.points(2)
def test_train_apply(learner, reference, net, jax, x):
    """`train_apply` uses a different mask for each step and each key, and the
    same mask for the same key and step.
    """
    twin, variables = showing_twin(reference)
    asked = ((0, 0), (0, 1), (0, 2), (1, 1), (0, 1))
    masks = []
    for seed, step in asked:
        mine = numbers(learner.train_apply(net, variables, x, jax.random.key(seed), step), "train_apply")
        if mine is None:
            return
        masks.append(mine != 0)
    first, second = (reference.torch_train_apply(twin, x).detach().numpy() != 0 for _ in range(2))
    compare(masks[0].mean(), first.mean(), "the share of units that train_apply keeps", tolerance=SHARE)
    theirs = (first == second).mean()
    for a, b, what in ((0, 1, "steps 0 and 1"), (0, 2, "steps 0 and 2"), (1, 3, "two keys at step 1")):
        mine = (masks[a] == masks[b]).mean()
        words = (
            f"The masks of train_apply agree in {mine:.0%} of all units for {what}; two PyTorch masks agree in {theirs:.0%}."
        )
        expect(abs(mine - theirs) < 2 * SHARE, f"the masks of train_apply for {what}", words, round(mine, 1))
    words = "Called again with the same key and the same step, train_apply drops different units."
    expect(np.array_equal(masks[1], masks[4]), "train_apply, called again", words)


def test_jit(learner, reference, net, jax, x):
    """`train_apply` gives the same mask under jax.jit, where the step is a
    tracer.
    """
    _, variables = random_twin(reference)
    key = named(jax.random.key(2), "key")
    expected = fetch(learner.train_apply(net, variables, x, key, 3))
    jitted = jax.jit(learner.train_apply, static_argnums=0)(net, variables, x, key, 3)
    compare(jitted, expected, "train_apply under jax.jit", reference="train_apply without jit")
