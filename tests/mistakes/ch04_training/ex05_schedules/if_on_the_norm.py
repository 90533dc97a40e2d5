"""`clip` raises an error in compiled code, where the norm has no value yet.
Usually Python's `if` asks whether the norm is too large. `jnp.minimum(1.0,
max_norm / norm)` is the same decision as a number.
"""

import jax
import optax


def step_lr(lr, step_size, gamma):
    return optax.exponential_decay(lr, step_size, gamma, staircase=True)


def warmup_cosine(lr, warmup, total):
    return optax.warmup_cosine_decay_schedule(0.0, lr, warmup, total)


def clip(grads, max_norm):
    norm = optax.global_norm(grads)
    if norm > max_norm:
        return jax.tree.map(lambda g: g * max_norm / norm, grads)
    return grads
