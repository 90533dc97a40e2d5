"""clip asks for the norm with a Python if, which the text does not forbid (it
speaks of jax.jit for schedules only): debatable.
"""

import jax
import optax


def step_lr(lr, step_size, gamma):
    return optax.exponential_decay(lr, step_size, gamma, staircase=True)


def warmup_cosine(lr, warmup, total):
    return optax.schedules.warmup_cosine_decay_schedule(init_value=0.0, peak_value=lr, warmup_steps=warmup, decay_steps=total)


def clip(grads, max_norm):
    norm = optax.global_norm(grads)
    if norm <= max_norm:
        return grads
    return jax.tree.map(lambda g: g * (max_norm / norm), grads)
