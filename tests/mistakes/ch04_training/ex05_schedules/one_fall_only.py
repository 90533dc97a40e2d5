"""The rate falls once or a few times, and then never again. StepLR falls every
step_size steps, for as long as you train. A piecewise schedule needs each of
its boundaries named: use `optax.exponential_decay` with `staircase=True`.
"""

import jax
import jax.numpy as jnp
import optax

FREE = {"FALLS": [5, 10, 20]}
FALLS = 1


def step_lr(lr, step_size, gamma):
    return optax.piecewise_constant_schedule(lr, {k * step_size: gamma for k in range(1, FALLS + 1)})


def warmup_cosine(lr, warmup, total):
    return optax.warmup_cosine_decay_schedule(0.0, lr, warmup, total)


def clip(grads, max_norm):
    factor = jnp.minimum(1.0, max_norm / (optax.global_norm(grads) + 1e-6))
    return jax.tree.map(lambda g: factor * g, grads)
