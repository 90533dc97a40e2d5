"""After many falls, `step_lr` stays at a smallest rate, such as 1e-6. Usually a
floor keeps the rate away from 0. StepLR has none: return lr * gamma ** (step //
step_size) as it is.
"""

import jax
import jax.numpy as jnp
import optax

FREE = {"FLOOR": [1e-8]}
FLOOR = 1e-6


def step_lr(lr, step_size, gamma):
    def schedule(step):
        return jnp.maximum(lr * gamma ** (step // step_size), FLOOR)

    return schedule


def warmup_cosine(lr, warmup, total):
    return optax.warmup_cosine_decay_schedule(init_value=0.0, peak_value=lr, warmup_steps=warmup, decay_steps=total)


def clip(grads, max_norm):
    factor = jnp.minimum(1.0, max_norm / (optax.global_norm(grads) + 1e-6))
    return jax.tree.map(lambda g: factor * g, grads)
