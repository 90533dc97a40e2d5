"""A function for one array, mapped over the tree."""

import jax.numpy as jnp
import optax


def step_lr(lr, step_size, gamma):
    return optax.exponential_decay(lr, step_size, gamma, staircase=True)


def warmup_cosine(lr, warmup, total):
    return optax.warmup_cosine_decay_schedule(0.0, lr, warmup, total)


def shrink(array, most):
    size = jnp.sqrt(jnp.sum(jnp.square(array)))
    return jnp.where(size > most, array / size * most, array)


def clip(grads, max_norm):
    return {k: {n: shrink(g, max_norm) for n, g in v.items()} for k, v in grads.items()}
