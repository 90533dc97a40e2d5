"""The tanh of OpenAI's GPT-2 written out, in a block without modules."""

import jax
import jax.numpy as jnp


def dense(params, x):
    return jnp.dot(x, params["kernel"]) + params["bias"]


def norm(params, x):
    mean, var = x.mean(-1, keepdims=True), x.var(-1, keepdims=True)
    return (x - mean) / jnp.sqrt(var + 1e-5) * params["scale"] + params["bias"]


def new_gelu(x):
    return 0.5 * x * (1 + jnp.tanh((2 / jnp.pi) ** 0.5 * (x + 0.044715 * x**3)))


def block(params, x, heads):
    y = dense(params["attn"]["c_attn"], norm(params["ln_1"], x))
    q, k, v = (part.reshape(*x.shape[:2], heads, -1) for part in jnp.split(y, 3, -1))
    y = jax.nn.dot_product_attention(q, k, v, is_causal=True).reshape(x.shape)
    x = x + dense(params["attn"]["c_proj"], y)
    y = new_gelu(dense(params["mlp"]["c_fc"], norm(params["ln_2"], x)))
    return x + dense(params["mlp"]["c_proj"], y)
