"""The rates are one step early: the rate of the first step is the one that
PyTorch has in the second. optax asks for the rate of the first update with 0,
where PyTorch's schedulers begin too. Do not add 1 to the step.
"""

import jax
import jax.numpy as jnp
import optax


def step_lr(lr, step_size, gamma):
    return lambda step: lr * gamma ** ((step + 1) // step_size)


def warmup_cosine(lr, warmup, total):
    def schedule(step):
        step = step + 1
        up = step / warmup
        down = 0.5 * (1 + jnp.cos(jnp.pi * (step - warmup) / (total - warmup)))
        return lr * jnp.where(step < warmup, up, down)

    return schedule


def clip(grads, max_norm):
    factor = jnp.minimum(1.0, max_norm / (optax.global_norm(grads) + 1e-6))
    return jax.tree.map(lambda g: factor * g, grads)
