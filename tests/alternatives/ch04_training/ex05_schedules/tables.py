"""The rates between falls computed beforehand, and looked up; the gradients as
one long vector.
"""

import math

import jax.numpy as jnp
from jax.flatten_util import ravel_pytree


def step_lr(lr, step_size, gamma):
    table = jnp.array([lr * gamma**falls for falls in range(1000)])
    return lambda step: table[step // step_size]


def warmup_cosine(lr, warmup, total):
    up = [lr * i / warmup for i in range(warmup)]
    down = [0.5 * lr * (1 + math.cos(math.pi * i / (total - warmup))) for i in range(total - warmup + 1)]
    table = jnp.array(up + down)
    return lambda step: jnp.take(table, step, mode="clip")


def clip(grads, max_norm):
    flat, unravel = ravel_pytree(grads)
    return unravel(flat / jnp.maximum(1.0, jnp.linalg.norm(flat) / max_norm))
