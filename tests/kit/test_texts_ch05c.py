"""The claims in the texts of 5.7 and 5.8, measured again."""

import importlib.util

import flax.linen as nn
import fresh
import jax
import jax.numpy as jnp
import numpy as np
import torch
from flax import nnx

from flaxkata import catalog

torch.set_num_threads(1)


def exercise(number):
    (found,) = catalog.select(fresh.ROOT, [number])
    return found


def solution(number):
    """Our answer as a module, with both of its sections."""
    spec = importlib.util.spec_from_file_location(f"solution_{number.replace('.', '_')}", exercise(number).solution)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def flax(tensor):
    return jnp.asarray(tensor.detach().numpy())


def numpy_state_dict(twin):
    return {name: tensor.numpy().copy() for name, tensor in twin.state_dict().items()}


def close(a, b):
    return np.allclose(a, b, rtol=0, atol=1e-5)


def test_the_layouts_of_recurrent():
    """5.7: the two tables, names and shapes."""
    hidden, features = 5, 3
    x = jnp.zeros((2, features))
    for cell, twin, gates in (
        (nn.OptimizedLSTMCell(hidden), torch.nn.LSTM(features, hidden), 4),
        (nn.GRUCell(hidden), torch.nn.GRU(features, hidden), 3),
    ):
        shapes = {name: tuple(tensor.shape) for name, tensor in twin.state_dict().items()}
        biases = dict.fromkeys(("bias_ih_l0", "bias_hh_l0"), (gates * hidden,))
        assert shapes == {"weight_ih_l0": (gates * hidden, features), "weight_hh_l0": (gates * hidden, hidden)} | biases
        carry = cell.initialize_carry(jax.random.key(0), x.shape)
        made = jax.eval_shape(cell.init, jax.random.key(0), carry, x)["params"]
        listed = {}
        for side, width in (("i", features), ("h", hidden)):
            for gate in "ifgo" if gates == 4 else "rzn":
                biased = side == "h" if gates == 4 else side == "i" or gate == "n"
                listed[side + gate] = {"kernel": (width, hidden)} | ({"bias": (hidden,)} if biased else {})
        assert jax.tree.map(lambda spec: spec.shape, made) == listed


def test_the_claims_of_recurrent():
    """5.7: what NNX's GRUCell lacks, what a reversed RNN gives, and the second
    direction of a bidirectional LSTM.
    """
    torch.manual_seed(0)
    x = torch.randn(2, 7, 3)
    gru = torch.nn.GRU(3, 5, batch_first=True)
    cell = nnx.GRUCell(3, 5, rngs=nnx.Rngs(0))
    assert cell.dense_h.bias is None
    cell.dense_i.kernel[...] = flax(gru.weight_ih_l0).T
    cell.dense_h.kernel[...] = flax(gru.weight_hh_l0).T
    for b_hn, same in ((0.5, False), (0.0, True)):
        with torch.no_grad():
            gru.bias_hh_l0[10:] = b_hn
        cell.dense_i.bias[...] = flax(gru.bias_ih_l0 + gru.bias_hh_l0)
        assert close(nnx.RNN(cell)(flax(x)), gru(x)[0].detach()) == same

    ours = solution("5.7")
    both = torch.nn.LSTM(3, 5, batch_first=True, bidirectional=True)
    second = ours.torch_lstm(3, 5)
    weights = both.state_dict().items()
    second.load_state_dict({name.removesuffix("_reverse"): w for name, w in weights if name.endswith("_reverse")})
    outputs, (h, c) = both(x)
    mine, last = ours.torch_run_lstm(second, x, reverse=True)
    assert close(mine.detach(), outputs[..., 5:].detach())
    assert close(last[0].detach(), h[1].detach()) and close(last[1].detach(), c[1].detach())

    variables = {"params": {"cell": ours.port_lstm(numpy_state_dict(second))}}
    cell = nn.OptimizedLSTMCell(5)
    kept = nn.RNN(cell, reverse=True, keep_order=True).apply(variables, flax(x))
    read = nn.RNN(cell, reverse=True).apply(variables, flax(x))
    assert close(kept, mine.detach()) and close(read[:, ::-1], kept) and not close(read, kept)


def test_the_layouts_of_attention():
    """5.8: the table of parameters, names and shapes."""
    channels, heads = 12, 3
    size = channels // heads
    twin = torch.nn.MultiheadAttention(channels, heads)
    shapes = {name: tuple(tensor.shape) for name, tensor in twin.state_dict().items()}
    weights = {"in_proj_weight": (3 * channels, channels), "out_proj.weight": (channels, channels)}
    assert shapes == weights | {"in_proj_bias": (3 * channels,), "out_proj.bias": (channels,)}
    layer = nn.MultiHeadDotProductAttention(heads)
    made = jax.eval_shape(layer.init, jax.random.key(0), jnp.zeros((2, 5, channels)))["params"]
    listed = {name: {"kernel": (channels, heads, size), "bias": (heads, size)} for name in ("query", "key", "value")}
    listed["out"] = {"kernel": (heads, size, channels), "bias": (channels,)}
    assert jax.tree.map(lambda spec: spec.shape, made) == listed


def test_what_true_means():
    """5.8: the table of masks, masks of floats, the layouts, and a query that
    may see nothing.
    """
    torch.manual_seed(0)
    ours = solution("5.8")
    twin = ours.torch_mha(12, 3)
    x = torch.randn(2, 5, 12)
    variables = {"params": ours.port_mha(numpy_state_dict(twin), 3)}
    blocked = torch.ones(5, 5, dtype=torch.bool).triu(1)
    minus = torch.zeros(5, 5).masked_fill(blocked, -torch.inf)

    def mha(mask):
        return twin(x, x, x, attn_mask=mask)[0].detach()

    def layer(mask):
        return nn.MultiHeadDotProductAttention(3).apply(variables, flax(x), mask=mask)

    right = mha(blocked)
    assert close(mha(minus), right)
    assert close(layer(~flax(blocked)), right)
    assert close(layer(flax(minus)), layer(flax(blocked))) and not close(layer(flax(minus)), right)
    assert close(layer(nn.make_causal_mask(flax(x)[..., 0])), right)
    assert nn.combine_masks(None, None) is None

    q, k, v = torch.randn(3, 2, 3, 5, 4)  # (batch, heads, time, D)
    functional = torch.nn.functional.scaled_dot_product_attention
    mine = nn.dot_product_attention(*(flax(t).swapaxes(1, 2) for t in (q, k, v)), mask=~flax(blocked)).swapaxes(1, 2)
    assert close(mine, functional(q, k, v, attn_mask=~blocked)) and close(mine, functional(q, k, v, attn_mask=minus))

    assert mha(torch.ones(5, 5, dtype=torch.bool)).isnan().all()
    params = variables["params"]
    values = jnp.einsum("bte,ehd->bthd", flax(x), params["value"]["kernel"]) + params["value"]["bias"]
    mean = jnp.einsum("bhd,hde->be", values.mean(1), params["out"]["kernel"]) + params["out"]["bias"]
    assert close(layer(jnp.zeros((5, 5), bool)), mean[:, None])
