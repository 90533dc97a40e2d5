"""After the warmup the rate is lr * cos(pi / 2 * done), a quarter of a wave.
PyTorch's is half a wave, moved up and scaled: 0.5 * (1 + cos(pi * done)).
"""

import jax
import jax.numpy as jnp
import optax


def step_lr(lr, step_size, gamma):
    return optax.exponential_decay(lr, step_size, gamma, staircase=True)


def warmup_cosine(lr, warmup, total):
    def schedule(step):
        done = (step - warmup) / (total - warmup)
        return lr * jnp.where(step < warmup, step / warmup, jnp.cos(jnp.pi / 2 * done))

    return schedule


def clip(grads, max_norm):
    factor = jnp.minimum(1.0, max_norm / (optax.global_norm(grads) + 1e-6))
    return jax.tree.map(lambda g: factor * g, grads)
