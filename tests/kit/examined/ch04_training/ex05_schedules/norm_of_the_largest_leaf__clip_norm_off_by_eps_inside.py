"""clip only when every leaf is too large: compares max_norm with the largest
leaf's norm, not with that of all.
"""

import jax
import jax.numpy as jnp
import optax


def step_lr(lr: float, step_size: int, gamma: float):
    return lambda count: lr * gamma ** (count // step_size)


def warmup_cosine(lr: float, warmup: int, total: int):
    return optax.warmup_cosine_decay_schedule(0.0, lr, warmup, total)


def clip(grads, max_norm):
    norm = jnp.stack([jnp.linalg.norm(g.ravel()) for g in jax.tree.leaves(grads)]).max()
    return jax.tree.map(lambda g: g * jnp.minimum(1.0, max_norm / (norm + 1e-6)), grads)
