"""The formulas, with `jnp.where`."""

import jax
import jax.numpy as jnp


def step_lr(lr, step_size, gamma):
    return lambda step: lr * gamma ** (step // step_size)


def warmup_cosine(lr, warmup, total):
    def schedule(step):
        done = (step - warmup) / (total - warmup)
        return lr * jnp.where(step < warmup, step / warmup, jnp.cos(jnp.pi * done / 2) ** 2)

    return schedule


def clip(grads, max_norm):
    leaves, tree = jax.tree.flatten(grads)
    norm = jnp.sqrt(sum(jnp.vdot(g, g) for g in leaves))
    scale = jnp.where(norm > max_norm, max_norm / norm, 1.0)
    return jax.tree.unflatten(tree, [g * scale for g in leaves])
