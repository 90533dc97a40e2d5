"""Measures what the text of 4.8 says of PyTorch and JAX."""

from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import torch

torch.set_num_threads(1)

X = jnp.array([0.5, -1.25, 2.0])


class Pair(NamedTuple):
    kernel: jax.Array
    bias: jax.Array


class Layer:
    def __init__(self, kernel, bias):
        self.kernel, self.bias = kernel, bias


jax.tree_util.register_pytree_node(Layer, lambda layer: ((layer.kernel, layer.bias), None), lambda _, parts: Layer(*parts))


def test_stop_gradient():
    """It takes trees, returns the same numbers, and leaves its argument."""
    tree = {"a": X, "b": (2 * X,), "c": Pair(X, X), "d": Layer(X, 3 * X)}
    stopped = jax.lax.stop_gradient(tree)
    assert jax.tree.structure(stopped) == jax.tree.structure(tree)
    assert jax.tree.structure(jax.tree.map(lambda x: 2 * x, tree)) == jax.tree.structure(tree)
    assert all((a == b).all() for a, b in zip(jax.tree.leaves(stopped), jax.tree.leaves(tree), strict=True))

    def unused(x):
        jax.lax.stop_gradient(x)
        return (x**2).sum()

    assert jax.grad(unused)(X).tolist() == (2 * X).tolist()
    assert not jax.grad(lambda x: (jax.lax.stop_gradient(x) ** 2).sum())(X).any()


def test_what_stops_nothing():
    """Copies and new names do not; NumPy and Python's numbers raise an
    error.
    """
    for copy in (lambda x: x.copy(), jnp.array, jnp.copy, lambda x: x):
        assert jax.grad(lambda x, copy=copy: (copy(x) ** 2).sum())(X).tolist() == (2 * X).tolist()
    with pytest.raises(jax.errors.ConcretizationTypeError):
        jax.grad(lambda x: x * float(x))(1.0)
    with pytest.raises(jax.errors.TracerArrayConversionError):
        jax.grad(lambda x: (x * np.asarray(x)).sum())(X)
    assert not hasattr(X, "detach") and not hasattr(jax, "no_grad")


def test_pytorch():
    """`detach` returns a constant, and `no_grad` does for all in its block."""
    x = torch.tensor([0.5, -1.25, 2.0], requires_grad=True)
    with torch.no_grad():
        y = 2 * x
    assert not x.detach().requires_grad and not y.requires_grad and x.requires_grad


def test_same_to_the_last_digit():
    """Wherever a stop stands, the loss is the same; the gradients differ."""
    stop = jax.lax.stop_gradient
    nothing = lambda x: x  # noqa: E731

    def loss(x, left, right):
        return jnp.mean((left(jnp.tanh(x)) - right(jnp.sin(x) + 1)) ** 2)

    ways = [(a, b) for a in (nothing, stop) for b in (nothing, stop)]
    assert len({float(loss(X, *way)) for way in ways}) == 1
    assert len({tuple(jax.grad(loss)(X, *way).tolist()) for way in ways}) == 4
    codes = X[::-1] + 0.1
    assert jnp.mean((codes - stop(X)) ** 2) == jnp.mean((X - stop(codes)) ** 2)
