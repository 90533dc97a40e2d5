from typing import Any

import jax
import jax.numpy as jnp
import optax


def step_lr(lr: float, step_size: int, gamma: float) -> optax.Schedule:
    def schedule(count):
        return lr * jnp.power(gamma, jnp.asarray(count) // step_size)

    return schedule


def warmup_cosine(lr: float, warmup: int, total: int) -> optax.Schedule:
    def schedule(count):
        up = count / warmup
        down = 0.5 * (1 + jnp.cos(jnp.pi * (count - warmup) / (total - warmup)))
        return lr * jnp.where(count < warmup, up, down)

    return schedule


def clip(grads: Any, max_norm: float) -> Any:
    if not max_norm:
        return jax.tree.map(jnp.copy, grads)
    norm = jnp.sqrt(sum(jnp.sum(g**2) for g in jax.tree.leaves(grads)))
    factor = jnp.minimum(1.0, max_norm / (norm + 1e-6))
    return jax.tree.map(lambda g: g * factor, grads)
