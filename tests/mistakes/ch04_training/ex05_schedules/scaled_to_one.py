"""Gradients that are too large get the norm 1, whatever max_norm is: they are
divided by their norm. Multiply by max_norm too: max_norm / norm.
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
    return jax.tree.map(lambda g: jnp.where(norm > max_norm, g / norm, g), grads)
