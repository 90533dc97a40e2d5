"""Each number is cut off at max_norm, as `clip_grad_value_` and `optax.clip`
do. `clip_grad_norm_` scales all gradients by one factor, so that they keep
their direction.
"""

import jax
import jax.numpy as jnp
import optax


def step_lr(lr, step_size, gamma):
    return optax.exponential_decay(lr, step_size, gamma, staircase=True)


def warmup_cosine(lr, warmup, total):
    return optax.warmup_cosine_decay_schedule(0.0, lr, warmup, total)


def clip(grads, max_norm):
    return jax.tree.map(lambda g: jnp.clip(g, -max_norm, max_norm), grads)
