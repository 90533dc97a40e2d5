"""Graded checks of 4.2 kinks: values, and gradients by jax.value_and_grad."""

import pytest
import torch

from flaxkata.checks import compare

LEARNED = "gradients flow through both sides of a where: give the function a harmless value first, choose afterwards."

HINTS = (
    "PyTorch decides that the slope of abs and of the norm is 0 at 0. Here your code decides: the slope is that of the side "
    "that `where` chooses, as long as the other side is finite too.",
    "Use `jnp.where` twice: inside, to put 1.0 where the square root or the logarithm would fail; outside, to choose 0. For "
    "l1, `jnp.sign` is -1, 0 or 1, and its own gradient is 0.",
    "square = jnp.sum(x**2), and jnp.where(square > 0, jnp.sqrt(jnp.where(square > 0, square, 1.0)), 0.0); "
    "jnp.sum(w * jnp.sign(w)); and for masked_log the same two `where`, with mask as the condition.",
)

VECTORS = {
    "[3, -4, 12]": (3.0, -4.0, 12.0),
    "[3e-4, 4e-4, 0]": (3e-4, 4e-4, 0.0),
    "[0, 0, 0]": (0.0, 0.0, 0.0),
}
X = (2.0, 0.0, 1e-3, -1.0, 0.25, 0.0, 5.0)
MASK = (True, False, True, False, True, False, True)


def same(mine, function, x, words):
    """Compare (value, gradient) with the value and gradient of PyTorch's
    `function` at x.
    """
    x = x.clone().requires_grad_()
    value = function(x)
    value.backward()
    compare(mine[0], value, words)
    compare(mine[1], x.grad, f"the gradient of {words}")


@pytest.mark.points(2)
def test_norm(learner, jax, reference):
    """`safe_norm` and its gradient equal PyTorch's, even at the zero vector."""
    both = jax.value_and_grad(learner.safe_norm)
    for name, numbers in VECTORS.items():
        x = torch.tensor(numbers)
        same(both(x), reference.torch_norm, x, f"safe_norm({name})")


def test_norm_jit(learner, jax, reference):
    """`safe_norm` and its gradient equal PyTorch's under `jax.jit` too, where
    Python sees no values.
    """
    both = jax.jit(jax.value_and_grad(learner.safe_norm))
    for name in ("[3, -4, 12]", "[0, 0, 0]"):
        x = torch.tensor(VECTORS[name])
        same(both(x), reference.torch_norm, x, f"safe_norm({name}) under jax.jit")


def test_l1(learner, jax, reference):
    """`l1` and its gradient equal PyTorch's, even where a weight is 0."""
    w = torch.tensor([[1.5, 0.0, -2.0], [0.0, -0.25, 3.0]])
    same(jax.value_and_grad(learner.l1)(w), reference.torch_l1, w, "l1(w)")


@pytest.mark.points(2)
def test_log(learner, jax, inside, reference):
    """`masked_log` and its gradient equal PyTorch's; nothing gets through where
    `mask` is False.
    """
    x, mask = torch.tensor(X), torch.tensor(MASK)
    compare(learner.masked_log(x, mask), reference.torch_masked_log(x, mask), "masked_log(x, mask)")
    mine = jax.value_and_grad(inside.summed)(x, learner.masked_log, mask)
    same(mine, lambda x: reference.torch_masked_log(x, mask).sum(), x, "masked_log(x, mask).sum()")


def test_log_jit(learner, jax, reference):
    """`masked_log` returns the same under `jax.jit`, where the number of
    entries that `mask` picks is not known.
    """
    x, mask = torch.tensor(X), torch.tensor(MASK)
    compare(jax.jit(learner.masked_log)(x, mask), reference.torch_masked_log(x, mask), "masked_log under jax.jit")
