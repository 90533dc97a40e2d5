"""Measures what the text of 6.3 says of scans and of rematerialization."""

import flax.linen as nn
import jax
import jax.numpy as jnp
import pytest
import torch
from torch.utils.checkpoint import checkpoint

torch.set_num_threads(1)


class Dense(nn.Module):
    """A layer as a scan wants it."""

    @nn.compact
    def __call__(self, x, _):
        return nn.Dense(4)(x), None


class Blocks(nn.Module):
    def setup(self):
        self.blocks = [nn.Dense(4) for _ in range(12)]

    def __call__(self, x):
        for block in self.blocks:
            x = block(x)
        return x


def test_a_loop_is_unrolled_and_a_scan_is_not():
    def loop(x):
        for _ in range(12):
            x = jnp.sin(x)
        return x

    def scan(x):
        return jax.lax.scan(lambda x, _: (jnp.sin(x), None), x, length=12)[0]

    sines = [str(jax.jit(f).trace(jnp.ones(3)).jaxpr).count("= sin ") for f in (loop, scan)]
    assert sines == [12, 1]


def test_what_a_scan_computes():
    """It computes what the loop in the text does; xs may be a tree; a y may be
    None; the carry keeps its dtype.
    """

    def step(carry, x):
        return carry * x["a"] + x["b"], carry

    carry, ys = jnp.float32(2), []
    xs = {"a": jnp.array([1.0, 2.0, 3.0]), "b": jnp.array([4.0, 5.0, 6.0])}
    last, kept = jax.lax.scan(step, carry, xs)
    for i in range(3):
        carry, y = step(carry, {name: leaf[i] for name, leaf in xs.items()})
        ys.append(y)
    assert last == carry and kept.tolist() == ys
    assert jax.lax.scan(lambda carry, x: (carry, None), carry, xs)[1] is None
    with pytest.raises(TypeError, match="equal types"):
        jax.lax.scan(lambda carry, x: (carry + 0.5, None), jnp.int32(0), xs)
    with pytest.raises(TypeError, match="equal types"):
        jax.lax.scan(lambda carry, x: (jnp.stack([carry, carry]), None), jnp.float32(0), xs)


def test_the_names_of_blocks():
    """Flax numbers blocks in a list; jax.tree.map and jax.jit sort the names as
    text.
    """
    x = jnp.ones((1, 4))
    params = jax.eval_shape(Blocks().init, jax.random.key(0), x)["params"]
    assert sorted(params) == sorted(f"blocks_{i}" for i in range(12))
    by_number = {f"blocks_{i}": i for i in range(12)}
    for tree in (jax.tree.map(lambda leaf: leaf, by_number), jax.jit(lambda tree: tree)(by_number)):
        assert list(tree)[:5] == ["blocks_0", "blocks_1", "blocks_10", "blocks_11", "blocks_2"]


def test_torchs_checkpoint_keeps_the_input_and_runs_twice():
    runs = []

    def block(x):
        runs.append(1)
        return torch.tanh(torch.tanh(x) * 2)

    def insides(f):
        """How many tensors autograd keeps that are not x."""
        found = []
        with torch.autograd.graph.saved_tensors_hooks(lambda t: found.append(t.data_ptr()) or t, lambda t: t):
            y = f()
        return len(set(found) - {x.data_ptr()}), y

    x = torch.randn(3, requires_grad=True)
    kept, y = insides(lambda: checkpoint(block, x, use_reentrant=False))
    assert kept == 0 and len(runs) == 1
    y.sum().backward()
    assert len(runs) == 2
    assert insides(lambda: block(x))[0] == 2


def test_where_jax_checkpoint_helps():
    """Around a block, but not around all of them; it does not call the block
    itself.
    """
    weights, x = jnp.ones((16, 4, 32)), jnp.ones((128, 4))

    def block(x, w):
        return x + jnp.tanh(x @ w) @ w.T, None

    def memory(block, around):
        def loss(weights, x):
            return around(lambda weights, x: jax.lax.scan(block, x, weights)[0])(weights, x).sum()

        return jax.jit(jax.grad(loss)).lower(weights, x).compile().memory_analysis().temp_size_in_bytes

    twice = [str(jax.make_jaxpr(jax.grad(f(jnp.sin)))(1.0)) for f in (jax.checkpoint, jax.remat)]
    assert twice[0] == twice[1] != str(jax.make_jaxpr(jax.grad(jnp.sin))(1.0))
    assert callable(jax.checkpoint(lambda: 1 / 0))
    plain, whole = memory(block, lambda f: f), memory(block, jax.checkpoint)
    assert whole > 0.9 * plain and memory(jax.checkpoint(block), lambda f: f) < 0.5 * plain


def test_the_two_traps_of_the_modules():
    """split_rngs={"params": False} gives equal layers; nn.remat renames by
    default.
    """
    x = jnp.ones((2, 4))

    def equal(split):
        layers = nn.scan(Dense, variable_axes={"params": 0}, split_rngs={"params": split}, length=3)()
        (kernel,) = (leaf for leaf in jax.tree.leaves(jax.jit(layers.init)(jax.random.key(0), x, None)) if leaf.ndim == 3)
        return bool((kernel[0] == kernel[1]).all())

    assert equal(False) and not equal(True)

    class Net(nn.Module):
        given: str | None = None

        @nn.compact
        def __call__(self, x):
            return nn.remat(nn.Dense)(3, name=self.given)(x)

    names = [list(jax.eval_shape(Net(name).init, jax.random.key(0), x)["params"]) for name in (None, "Dense_0")]
    assert names == [["CheckpointDense_0"], ["Dense_0"]]
