"""The rate drops only the first five times, and stays there from step 6 *
step_size on.
"""

from typing import Any

import jax
import jax.numpy as jnp
import optax


def step_lr(lr: float, step_size: int, gamma: float) -> optax.Schedule:
    return optax.piecewise_constant_schedule(lr, {step_size * k: gamma for k in range(1, 6)})


def warmup_cosine(lr: float, warmup: int, total: int) -> optax.Schedule:
    return optax.warmup_cosine_decay_schedule(0.0, lr, warmup_steps=warmup, decay_steps=total)


def clip(grads: Any, max_norm: float) -> Any:
    norm = optax.global_norm(grads)
    factor = jnp.minimum(1.0, max_norm / (norm + 1e-6))
    return jax.tree.map(lambda g: g * factor, grads)
