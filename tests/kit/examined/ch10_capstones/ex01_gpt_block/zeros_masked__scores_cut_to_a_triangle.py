"""The scores are cut to a triangle, and all that are 0 then are masked: a score
that is 0 by itself as well.
"""

import jax
import jax.numpy as jnp


def dense(params, x):
    return x @ params["kernel"] + params["bias"]


def norm(params, x):
    x = x - x.mean(-1, keepdims=True)
    x = x * jax.lax.rsqrt(jnp.square(x).mean(-1, keepdims=True) + 1e-5)
    return x * params["scale"] + params["bias"]


def attention(params, x, heads):
    batch, time, width = x.shape
    q, k, v = dense(params["c_attn"], x).reshape(batch, time, 3, heads, -1).transpose(2, 0, 3, 1, 4)
    scores = q @ k.swapaxes(-1, -2) / (width // heads) ** 0.5
    scores = jnp.tril(scores)
    weights = jax.nn.softmax(jnp.where(scores == 0.0, -jnp.inf, scores))
    return dense(params["c_proj"], (weights @ v).swapaxes(1, 2).reshape(x.shape))


def mlp(params, x):
    x = dense(params["c_fc"], x)
    return dense(params["c_proj"], x * (1 + jax.lax.erf(x / 2**0.5)) / 2)


def block(params, x, heads):
    x = x + attention(params["attn"], norm(params["ln_1"], x), heads)
    return x + mlp(params["mlp"], norm(params["ln_2"], x))
