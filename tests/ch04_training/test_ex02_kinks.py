"""Graded checks of 4.2 kinks: values, and gradients by jax.value_and_grad."""

import pytest
import torch

from flaxkata.checks import between, compare, each, reading, when

LEARNED = "gradients flow through both sides of a where: give the function a harmless value first, choose afterwards."

HINTS = (
    "PyTorch decides that the slope of abs and of the norm is 0 at 0. Here your code decides: the slope is that of the side "
    "that `where` chooses, as long as the other side is finite too.",
    "Use `jnp.where` twice: inside, to put 1.0 where the square root or the logarithm would fail; outside, to choose 0. For "
    "l1, `jnp.sign` is -1, 0 or 1, and its own gradient is 0.",
    "square = jnp.sum(x**2), and jnp.where(square > 0, jnp.sqrt(jnp.where(square > 0, square, 1.0)), 0.0); "
    "jnp.sum(w * jnp.sign(w)); and for masked_log the same two `where`, with mask as the condition.",
)

WORDS = {"torch.where": "jnp.where", "x[mask]": "jnp.where"}

VECTORS = {
    "[3, -4, 12]": (3.0, -4.0, 12.0),
    "[3e-4, 4e-4, 0]": (3e-4, 4e-4, 0.0),
    "[-3e-10, 0, 4e-10]": (-3e-10, 0.0, 4e-10),
    "[-7e-11, 0, 9e-11]": (-7e-11, 0.0, 9e-11),
    "[5, -5, 0]": (5.0, -5.0, 0.0),  # the entries cancel
    "[0, -4, -3]": (0.0, -4.0, -3.0),  # the first and the largest are 0
    "[0, 0, 0]": (0.0, 0.0, 0.0),
    "[0]": (0.0,),
    "1,000 entries of 4e-12": 1000 * (4e-12,),
}
INF, NAN = float("inf"), float("nan")
# Behind the mask of each lies something else.
LOGS = {
    "(7,)": ((2.0, 0.0, 1e-3, -1.0, 0.25, 3.0, 5.0), (True, False, True, False, True, False, True)),
    "(2, 3), nan and inf behind the mask": (((NAN, 4.0, 0.5), (INF, -INF, 3.0)), ((False, True, True), (False, False, True))),
    "(7,), as small as 1e-20 and as large as 1e30": ((1e-20, 3e-20, 2e-20, 1e-20, 5e-20, 2e-20, 1e30), 7 * (True,)),
    "(), masked": (0.0, False),
}


def gradient(function, x):
    """The value and the gradient of a PyTorch function at x."""
    x = x.clone().requires_grad_()
    value = function(x)
    value.backward()
    return value.detach(), x.grad


def same(mine, function, x, words, tolerance=None):
    """Compare (value, gradient) with those of PyTorch's `function` at x."""
    value, slope = gradient(function, x)
    compare(mine[0], value, words, tolerance=tolerance)
    compare(mine[1], slope, f"the gradient of {words}")


@pytest.mark.points(2)
def test_norm(learner, jax, inside, reference):
    """`safe_norm` and its gradient equal PyTorch's, even at the zero vector."""
    both = jax.value_and_grad(learner.safe_norm)
    for name, numbers in VECTORS.items():
        x = torch.tensor(numbers)
        near = 1e-5 * min(1.0, reference.torch_norm(x).item() or 1e-6)  # short vectors have short norms
        same(both(x), reference.torch_norm, x, f"safe_norm({name})", near)
    x, factor = torch.randn(5), between(2, 3)
    mine = reading(jax.grad(inside.scaled), "the gradient of safe_norm")(x, learner.safe_norm, factor)
    compare(mine, gradient(lambda x: factor * reference.torch_norm(x), x)[1], f"the gradient of {factor} * safe_norm(x)")


def test_norm_jit(learner, jax, reference):
    """`safe_norm` and its gradient equal PyTorch's under `jax.jit` too, where
    Python sees no values.
    """
    both = jax.jit(jax.value_and_grad(learner.safe_norm))
    for name in ("[3, -4, 12]", "[0, 0, 0]"):
        x = torch.tensor(VECTORS[name])
        same(both(x), reference.torch_norm, x, f"safe_norm({name}) under jax.jit")


def test_l1(learner, jax, inside, reference):
    """`l1` and its gradient equal PyTorch's for any shape, even where a weight
    is 0.
    """
    both = jax.value_and_grad(learner.l1)
    zeros = torch.tensor([[1.5, 0.0, -2.0], [0.0, -0.25, 3.0]])
    same(both(zeros), reference.torch_l1, zeros, "l1(w)")
    beside = torch.tensor([1e-37, -1e10, -0.0])
    same(both(beside), reference.torch_l1, beside, "l1([1e-37, -1e10, -0.0])")
    compare(learner.l1(torch.zeros(3)), reference.torch_l1(torch.zeros(3)), "l1([0, 0, 0])")
    for power in ("e-9", "e-37"):
        small = torch.tensor([float(f"3{power}"), 0.0, float(f"-2{power}")])
        near = 1e-5 * float(f"1{power}")
        same(both(small), reference.torch_l1, small, f"l1([3{power}, 0, -2{power}])", near)
    for w in each((torch.randn(()), torch.randn(3), torch.randn(2, 1, 3)), "with a w of {0.ndim} axes"):
        same(both(w), reference.torch_l1, w, "l1(w)")
    factor = between(2, 3)
    mine = reading(jax.grad(inside.scaled), "the gradient of l1")(zeros, learner.l1, factor)
    compare(mine, gradient(lambda w: factor * reference.torch_l1(w), zeros)[1], f"the gradient of {factor} * l1(w)")


@pytest.mark.points(2)
def test_log(learner, jax, inside, reference):
    """`masked_log` and its gradient equal PyTorch's; nothing gets through where
    `mask` is False.
    """
    for name in each(LOGS, "with an x of shape {}"):
        x, mask = (torch.tensor(part) for part in LOGS[name])
        compare(learner.masked_log(x, mask), reference.torch_masked_log(x, mask), "masked_log(x, mask)")
        weights = torch.rand(x.shape) + 0.5
        mine = reading(jax.grad(inside.summed), "the gradient of masked_log")(x, learner.masked_log, mask, weights)
        _, theirs = gradient(lambda x, mask=mask, w=weights: (w * reference.torch_masked_log(x, mask)).sum(), x)
        compare(mine, theirs, "the gradient of (weights * masked_log(x, mask)).sum()")


def test_log_jit(learner, jax, inside, reference):
    """`masked_log` returns the same under `jax.jit`, where the number of
    entries that `mask` picks is not known.
    """
    compiled = jax.jit(learner.masked_log)
    x, some = (torch.tensor(part) for part in LOGS["(7,)"])
    masks = {"that picks four": some, "that picks nothing": torch.zeros_like(some)}
    for name in each(masks, "with a mask {}"):
        compare(compiled(x, masks[name]), reference.torch_masked_log(x, masks[name]), "masked_log(x, mask) under jax.jit")
    with when("with infinities behind a mask that is a constant"):  # XLA makes a product with any other mask a choice
        x = torch.where(some, x, INF)
        mine = reading(inside.compiled_for, "masked_log under jax.jit")(x, learner.masked_log, some)
        compare(mine, reference.torch_masked_log(x, some), "masked_log(x, mask) under jax.jit")
