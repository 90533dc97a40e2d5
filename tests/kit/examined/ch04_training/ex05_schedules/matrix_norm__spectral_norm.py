"""The norm of each matrix is jnp.linalg.norm(g, ord=2), its largest singular
value, not the root of its sum of squares (and arrays that are neither vectors
nor matrices fail).
"""

from typing import Any

import jax
import jax.numpy as jnp
import optax


def step_lr(lr: float, step_size: int, gamma: float) -> optax.Schedule:
    return optax.exponential_decay(lr, transition_steps=step_size, decay_rate=gamma, staircase=True)


def warmup_cosine(lr: float, warmup: int, total: int) -> optax.Schedule:
    return optax.warmup_cosine_decay_schedule(0.0, lr, warmup_steps=warmup, decay_steps=total)


def clip(grads: Any, max_norm: float) -> Any:
    norms = jnp.stack([jnp.linalg.norm(g, ord=2) for g in jax.tree.leaves(grads)])
    norm = jnp.linalg.norm(norms, ord=2)
    factor = jnp.minimum(1.0, max_norm / (norm + 1e-6))
    return jax.tree.map(lambda g: g * factor, grads)
