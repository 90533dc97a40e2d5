import math

import jax
import jax.numpy as jnp


def linear(p, x):
    return x @ p["kernel"] + p["bias"]


def ln(p, x, eps=1e-5):
    m = x.mean(-1, keepdims=True)
    v = x.var(-1, keepdims=True)
    return (x - m) / jnp.sqrt(v + eps) * p["scale"] + p["bias"]


def attn(p, x, heads):
    B, T, C = x.shape
    q, k, v = jnp.split(linear(p["c_attn"], x), 3, axis=2)
    q = q.reshape(B, T, heads, C // heads).transpose(0, 2, 1, 3)
    k = k.reshape(B, T, heads, C // heads).transpose(0, 2, 1, 3)
    v = v.reshape(B, T, heads, C // heads).transpose(0, 2, 1, 3)
    att = q @ k.transpose(0, 1, 3, 2) * (1.0 / math.sqrt(k.shape[-1]))
    att = jax.nn.softmax(att, axis=-1) * jnp.tril(jnp.ones((T, T)))
    att = att / att.sum(-1, keepdims=True)
    y = att @ v
    y = y.transpose(0, 2, 1, 3).reshape(B, T, C)
    return linear(p["c_proj"], y)


def mlp(p, x):
    x = jax.nn.gelu(linear(p["c_fc"], x), approximate=False)
    return linear(p["c_proj"], x)


def block(params, x, heads):
    x = x + attn(params["attn"], ln(params["ln_1"], x), heads)
    x = x + mlp(params["mlp"], ln(params["ln_2"], x))
    return x
