"""Gradients that are all 0 become NaN: they are divided by their norm, 0 / 0.
It takes one such step to make every parameter NaN. Multiply by one factor that
is at most 1, `jnp.minimum(1.0, max_norm / (norm + 1e-6))`; the 1e-6 is
PyTorch's.
"""

import jax
import jax.numpy as jnp
import optax


def step_lr(lr, step_size, gamma):
    return optax.exponential_decay(lr, step_size, gamma, staircase=True)


def warmup_cosine(lr, warmup, total):
    return optax.warmup_cosine_decay_schedule(0.0, lr, warmup, total)


def clip(grads, max_norm):
    norm = optax.global_norm(grads)
    return jax.tree.map(lambda g: g / norm * jnp.minimum(norm, max_norm), grads)
