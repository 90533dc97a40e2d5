"""Measures what the text of 6.1 says of torch.compile and jax.jit."""

import jax
import jax.numpy as jnp
import optax
import pytest
import torch

torch.set_num_threads(1)

scale = 2.0  # read by functions under test


class Scaled(torch.nn.Module):
    factor = 2.0

    def forward(self, x):
        return x * self.factor if self.training else x


def test_torch_compile_watches_python(monkeypatch):
    """It recompiles if an attribute or a global has changed, and appends in
    every call.
    """
    x, seen = torch.ones(3), []

    def append(x):
        seen.append(1)
        return x * scale

    model, function = Scaled(), torch.compile(append, backend="eager")
    compiled = torch.compile(model, backend="eager")
    assert compiled(x)[0] == 2 and compiled.eval()(x)[0] == 1
    model.factor = 5.0
    assert compiled.train()(x)[0] == 5
    assert function(x)[0] == 2
    monkeypatch.setitem(globals(), "scale", 3.0)
    assert function(x)[0] == 3 and function(x)[0] == 3
    assert len(seen) == 3


def test_jit_watches_arguments(monkeypatch):
    """A different shape, dtype or structure is traced, a global is not read
    again, and `append` runs once per trace.
    """
    seen = []

    @jax.jit
    def function(tree):
        seen.append(jax.tree.leaves(tree)[0])
        return jax.tree.map(lambda x: x * scale, tree)

    for count, tree in enumerate((jnp.ones(3), jnp.ones(4), jnp.ones(3, int), {"x": jnp.ones(3)}), 1):
        for _ in range(2):
            function(tree)
        assert len(seen) == count
    assert all(isinstance(x, jax.core.Tracer) for x in seen)
    assert [(x.shape, x.dtype.name) for x in seen[:3]] == [((3,), "float32"), ((4,), "float32"), ((3,), "int32")]
    monkeypatch.setitem(globals(), "scale", 3.0)
    assert function(jnp.ones(3))[0] == 2


def test_flags():
    """`if` on a tracer raises; a static flag is traced once for each value; a
    new function is traced again.
    """
    seen = []

    def function(x, train):
        seen.append(train)
        return x + 1 if train else x

    with pytest.raises(jax.errors.TracerBoolConversionError):
        jax.jit(function)(jnp.ones(3), True)
    seen.clear()
    compiled = jax.jit(function, static_argnames="train")
    for train in (True, False, True, False):
        compiled(jnp.ones(3), train)
    assert seen == [True, False]
    for _ in range(3):
        jax.jit(lambda x: function(x, True))(jnp.ones(3))
    assert len(seen) == 5


def test_donation():
    """What is donated is gone for everyone who holds it, copies are not; Adam's
    state is twice as large as the params.
    """
    params = {"w": jnp.ones(3)}
    same, copied = dict(params), jax.tree.map(jnp.copy, params)
    new = jax.jit(lambda p: jax.tree.map(lambda w: 2 * w, p), donate_argnums=0)(params)
    for tree in (params, same):
        with pytest.raises(RuntimeError, match="Array has been deleted"):
            tree["w"].tolist()
    assert copied["w"].tolist() == [1, 1, 1] and new["w"].tolist() == [2, 2, 2]
    large = jnp.zeros(1000)
    assert sum(leaf.size for leaf in jax.tree.leaves(optax.adam(0.1).init(large))) // large.size == 2
