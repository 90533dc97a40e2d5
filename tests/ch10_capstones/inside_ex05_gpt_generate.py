"""What runs beside the learner's code for 10.5 gpt_generate."""

from typing import Any

import jax
import jax.numpy as jnp

HEADS = 5


def _norm(params: Any, x: jax.Array) -> jax.Array:
    x = x - x.mean(-1, keepdims=True)
    return x * jax.lax.rsqrt(jnp.square(x).mean(-1, keepdims=True) + 1e-5) * params["scale"] + params["bias"]


def _dense(params: Any, x: jax.Array) -> jax.Array:
    return x @ params["kernel"] + params["bias"]


def _attention(params: Any, x: jax.Array) -> jax.Array:
    q, k, v = jnp.split(_dense(params["c_attn"], x).reshape(*x.shape[:2], 3 * HEADS, -1), 3, axis=2)
    return _dense(params["c_proj"], jax.nn.dot_product_attention(q, k, v, is_causal=True).reshape(x.shape))


def _block(params: Any, x: jax.Array) -> jax.Array:
    x = x + _attention(params["attn"], _norm(params["ln_1"], x))
    hidden = jax.nn.gelu(_dense(params["mlp"]["c_fc"], _norm(params["ln_2"], x)), approximate=False)
    return x + _dense(params["mlp"]["c_proj"], hidden)


def logits(params: Any, tokens: jax.Array) -> jax.Array:
    """What TorchGPT computes: 10.3's logits, with a fixed number of heads. As
    with `nn.Embed`, a token that is not in the table has a vector of NaN.
    """
    x = jnp.take(params["wte"]["embedding"], tokens, axis=0) + params["wpe"]["embedding"][: tokens.shape[1]]
    for i in range(len(params) - 3):
        x = _block(params[f"h_{i}"], x)
    return _norm(params["ln_f"], x) @ params["wte"]["embedding"].T


def small_logits(params: Any, tokens: jax.Array) -> jax.Array:
    """A causal model that compiles fast: each step sees the sum of the tokens
    so far, the last counting most.
    """
    table, positions, mixer = params
    time = jnp.arange(tokens.shape[1])
    weights = jnp.tril(0.5 ** (time[:, None] - time))
    x = weights @ table[tokens] + positions[: tokens.shape[1]]
    return jnp.tanh(x @ mixer) @ table.T


def opposite_logits(params: Any, tokens: jax.Array) -> jax.Array:
    """A different model with the same params: the least likely token of the
    other is its most likely one.
    """
    return -small_logits(params, tokens)


opposite_logits.__name__ = opposite_logits.__qualname__ = small_logits.__name__  # names are free


def counting_logits(params: Any, tokens: jax.Array) -> jax.Array:
    """The most likely token is the last one plus `step`; halfway between two,
    both are. `order` says where the names of the tokens are.
    """
    return -jnp.abs(params["names"][params["order"]] - tokens[..., None] - params["step"]) * params["scale"]


class Watched:
    """A small model, and the lengths of the texts for which Python has run
    it.
    """

    def __init__(self) -> None:
        self.lengths: list[int] = []

    def __call__(self, params: Any, tokens: jax.Array) -> jax.Array:
        self.lengths.append(tokens.shape[1])
        return small_logits(params, tokens)


def keep(thing: Any) -> Any:
    """Return what was sent, as an object that stays here."""
    return thing
