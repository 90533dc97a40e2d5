"""The rate falls one step later than StepLR's. Step counts begin at 0, so step
number step_size is the first with the new rate: `step // step_size`, and `>=`
where you compare.
"""

import jax
import jax.numpy as jnp
import optax


def step_lr(lr, step_size, gamma):
    return lambda step: lr * gamma ** (jnp.maximum(step - 1, 0) // step_size)


def warmup_cosine(lr, warmup, total):
    return optax.warmup_cosine_decay_schedule(0.0, lr, warmup, total)


def clip(grads, max_norm):
    factor = jnp.minimum(1.0, max_norm / (optax.global_norm(grads) + 1e-6))
    return jax.tree.map(lambda g: factor * g, grads)
