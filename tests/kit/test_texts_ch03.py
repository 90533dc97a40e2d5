"""What the texts of chapter 3 say of the libraries, measured anew."""

import re

import flax.linen as nn
import fresh
import jax
import jax.numpy as jnp
import numpy as np
import pytest
import torch
from flax.errors import InvalidRngError

from flaxkata import catalog

torch.set_num_threads(1)


def text(number):
    (exercise,) = catalog.select(fresh.ROOT, [number])
    return exercise.text


def test_key_streams():
    """3.1: what one key for two draws does, which keys `split` and `fold_in`
    share, and what a sum of seed and step does.
    """
    key = jax.random.key(0)
    pair = [draw(key, (10000,)) for draw in (jax.random.normal, jax.random.uniform)]
    said = re.search(r"correlation of ([\d.]+)", text("3.1"))[1]
    assert np.corrcoef(*pair)[0, 1] == pytest.approx(float(said), abs=5e-3)
    assert (jax.random.normal(key, (4,)) == jax.random.normal(key, (4,))).all()
    generator = torch.Generator().manual_seed(0)
    assert (torch.randn(4, generator=generator) != torch.randn(4, generator=generator)).all()
    assert jax.random.split(key).shape == (2,)
    said = re.search(r"`split\(key\)\[(\d)\]` is the\nsame key as `fold_in\(key, (\d)\)`", text("3.1"))
    assert jax.random.split(key)[int(said[1])] == jax.random.fold_in(key, int(said[2]))
    older = jax.random.PRNGKey(0)
    assert (older.shape, older.dtype, key.shape) == ((2,), jnp.uint32, ())
    assert (older + 1).shape == (2,)
    with pytest.raises(TypeError):
        key + 1
    folded = [jax.random.key_data(jax.random.fold_in(jax.random.key(a), b)).tolist() for a, b in ((3, 4), (4, 3))]
    assert folded[0] != folded[1]


class Dropped(nn.Module):
    @nn.compact
    def __call__(self, x):
        return nn.Dropout(0.25, deterministic=False)(x)


def test_dropout():
    """3.2: what raises, that a mask repeats with its key, and what is left of a
    unit that is kept.
    """
    x, key = jnp.ones((20, 30)), jax.random.key(0)
    with pytest.raises(ValueError, match="deterministic"):
        nn.Dropout(0.25).apply({}, x, rngs={"dropout": key})
    with pytest.raises(InvalidRngError):
        Dropped().apply({}, x)
    first, again = (Dropped().apply({}, x, rngs={"dropout": key}) for _ in range(2))
    assert (first == again).all()
    theirs = torch.nn.Dropout(0.25)(torch.ones(20, 30))
    assert np.unique(first) == pytest.approx(np.unique(theirs.numpy()), abs=1e-6) == [0, 1 / 0.75]
    assert all((np.asarray(rows) != np.asarray(rows)[0]).any() for rows in (first, theirs))
