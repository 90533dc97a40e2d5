"""Measures what the text of 6.2 says of vmap, dropout, BatchNorm and optax."""

import flax.linen as nn
import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest
import torch

torch.set_num_threads(1)


def test_dropout():
    """One key gives one mask for all samples, one key per sample gives
    different masks; torch.func raises by default.
    """
    x, key = jnp.ones((4, 50)), jax.random.key(0)

    def drop(row, key):
        return nn.Dropout(0.5, deterministic=False).apply({}, row, rngs={"dropout": key})

    one = jax.vmap(drop, in_axes=(0, None))(x, key)
    each = jax.vmap(drop)(x, jax.random.split(key, 4))
    assert (one == one[0]).all() and not (one == one[0, 0]).all()
    assert all((each[i] != each[0]).any() for i in range(1, 4))
    with pytest.raises(RuntimeError, match="randomness"):
        torch.func.vmap(torch.nn.functional.dropout)(torch.ones(4, 50))
    for randomness, same in (("same", True), ("different", False)):
        y = torch.func.vmap(torch.nn.functional.dropout, randomness=randomness)(torch.ones(4, 50))
        assert bool((y == y[0]).all()) == same


def test_batch_norm():
    """Under vmap it returns its bias, and with axis_name the batch's numbers;
    PyTorch's raises.
    """
    x = jax.random.normal(jax.random.key(0), (7, 4))
    variables = nn.BatchNorm(use_running_average=False).init(jax.random.key(1), x)
    variables["params"]["bias"] = jnp.arange(4.0)

    def normed(axis_name, x):
        layer = nn.BatchNorm(use_running_average=False, axis_name=axis_name)
        return layer.apply(variables, x, mutable=["batch_stats"])[0]

    assert (jax.vmap(lambda row: normed(None, row))(x) == jnp.arange(4.0)).all()
    again = jax.vmap(lambda row: normed("batch", row), axis_name="batch")(x)
    assert np.allclose(again, normed(None, x), rtol=0, atol=1e-5)
    with pytest.raises(ValueError, match="more than 1 value per channel"):
        torch.func.vmap(lambda row: torch.nn.BatchNorm1d(4)(row[None])[0])(torch.randn(7, 4))


def test_gradients():
    """The mean over the samples' gradients is the gradient of the mean loss;
    optax's clipping gives a sum.
    """
    xs, w = jax.random.normal(jax.random.key(0), (7, 4)), jnp.arange(4.0)

    def loss(w, x):
        return jnp.tanh(x @ w) ** 2

    each = jax.vmap(jax.grad(loss), in_axes=(None, 0))(w, xs)
    whole = jax.grad(lambda w: jax.vmap(loss, in_axes=(None, 0))(w, xs).mean())(w)
    assert np.allclose(each.mean(0), whole, rtol=0, atol=1e-6)
    found, _ = optax.per_example_global_norm_clip({"w": each}, 1e6)
    assert np.allclose(found["w"], each.sum(0), rtol=0, atol=1e-5)
