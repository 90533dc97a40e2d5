"""The cosine is taken at step / total, so it does not begin at lr after the
warmup.
"""

from typing import Any

import jax
import jax.numpy as jnp
import optax


def step_lr(lr: float, step_size: int, gamma: float):
    return lambda count: lr * gamma ** (count // step_size)


def warmup_cosine(lr, warmup, total):
    def schedule(step):
        up = step / max(warmup, 1)
        down = 0.5 * (1 + jnp.cos(jnp.pi * step / total))
        return lr * jnp.where(step < warmup, up, down)

    return schedule


def clip(grads: Any, max_norm: float):
    norm = optax.global_norm(grads)
    factor = jnp.minimum(1.0, max_norm / (norm + 1e-6))
    return jax.tree.map(lambda g: g * factor, grads)
