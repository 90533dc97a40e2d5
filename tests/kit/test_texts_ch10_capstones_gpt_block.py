"""The claims in the text of 10.1, measured anew."""

import importlib.util
import re

import flax.linen as nn
import fresh
import jax
import jax.numpy as jnp
import numpy as np
import torch

from flaxkata import catalog

torch.set_num_threads(1)


def solution(number):
    """Our answer as a module, with both of its sections, and its text."""
    (exercise,) = catalog.select(fresh.ROOT, [number])
    spec = importlib.util.spec_from_file_location(f"solution_{number.replace('.', '_')}", exercise.solution)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module, exercise.text


def at(tree, path):
    for key in path:
        tree = tree[key]
    return tree


def test_the_table_of_names():
    """Every entry of the state_dict stands in the table with its shape, and the
    modules make the tree that it shows.
    """
    ours, text = solution("10.1")
    width, heads, context = 40, 5, 16
    state = ours.TorchBlock(width, heads, context).state_dict()
    made = jax.eval_shape(ours.Block(heads).init, jax.random.key(0), jnp.zeros((2, 3, width)))["params"]
    shapes = jax.tree.map(lambda leaf: leaf.shape, made)
    assert state["attn.bias"].dtype == torch.bool
    listed = ["attn.bias"] if re.search(r"^    attn\.bias +a mask +nowhere$", text, re.MULTILINE) else []
    rows = re.findall(r"^    ([\w.]+)\.weight, \S+bias +(\(.*?\)) +(\[.*\])", text, re.MULTILINE)
    for module, shape, place in rows:
        weight = state[f"{module}.weight"]
        assert tuple(weight.shape) == eval(shape, {"E": width})
        there = at(shapes, re.findall(r'\["(\w+)"\]', place))
        assert there == {"bias": (len(weight),), ("kernel" if weight.ndim > 1 else "scale"): tuple(reversed(weight.shape))}
        listed += [f"{module}.weight", f"{module}.bias"]
    assert sorted(listed) == sorted(state)


def test_the_defaults():
    """Epsilon, GELU, and what `nn.dot_product_attention` does."""
    assert torch.nn.LayerNorm(3).eps == 1e-5 and nn.LayerNorm().epsilon == 1e-6
    torch.manual_seed(0)
    x = 2 * torch.randn(1000)
    flax = jnp.asarray(x.numpy())
    for exact, theirs in ((True, torch.nn.GELU()), (False, torch.nn.GELU(approximate="tanh"))):
        assert np.allclose(nn.gelu(flax, approximate=not exact), theirs(x), rtol=0, atol=1e-6)
        assert np.allclose(nn.gelu(flax), theirs(x), rtol=0, atol=1e-6) != exact
    q, k, v = torch.randn(3, 2, 7, 5, 8)  # (batch, time, heads, D)
    past = torch.ones(7, 7, dtype=torch.bool).tril()
    y = torch.nn.functional.scaled_dot_product_attention(*(t.transpose(1, 2) for t in (q, k, v)), attn_mask=past)
    mask = nn.make_causal_mask(jnp.zeros((2, 7)))
    mine = nn.dot_product_attention(*(jnp.asarray(t.numpy()) for t in (q, k, v)), mask=mask)
    assert np.allclose(mine, y.transpose(1, 2), rtol=0, atol=1e-5)
