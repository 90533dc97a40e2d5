"""The claims in the text of 10.3, measured anew."""

import importlib.util

import flax.linen as nn
import fresh
import jax
import jax.numpy as jnp
import numpy as np
import pytest
import torch

from flaxkata import catalog

torch.set_num_threads(1)


def test_the_claims():
    """The two uses of an Embed, an index beyond a table, and the blocks of
    10.1.
    """
    table = np.arange(12, dtype=np.float32).reshape(4, 3)
    variables = {"params": {"embedding": jnp.asarray(table)}}
    embed = nn.Embed(4, 3)
    assert np.array_equal(embed.apply(variables, jnp.array([2])), table[[2]])
    assert np.allclose(embed.apply(variables, jnp.ones((1, 3)), method="attend"), np.ones((1, 3)) @ table.T)
    assert np.isnan(embed.apply(variables, jnp.array([4]))).all()
    assert np.array_equal(jnp.asarray(table)[jnp.array([4])], table[[3]])
    with pytest.raises(IndexError):
        torch.nn.Embedding.from_pretrained(torch.tensor(table))(torch.tensor([4]))

    jax.jit(lambda tokens: [] if tokens.shape[1] > 16 else None)(jnp.zeros((2, 3), int))  # a plain `if` on a shape


def test_the_given_blocks():
    """The blocks given in 10.3 compute what those of 10.1 do."""
    one, three = (catalog.select(fresh.ROOT, [number])[0].solution for number in ("10.1", "10.3"))
    modules = []
    for path in (one, three):
        spec = importlib.util.spec_from_file_location(f"blocks_of_{path.stem}", path)
        modules.append(importlib.util.module_from_spec(spec))
        spec.loader.exec_module(modules[-1])
    x = jax.random.normal(jax.random.key(0), (2, 3, 12))
    params = modules[0].Block(3).init(jax.random.key(1), x)
    assert np.array_equal(modules[0].Block(3).apply(params, x), modules[1].Block(3).apply(params, x))
