import jax
import jax.numpy as jnp
import optax


def step_lr(lr, step_size, gamma):
    return optax.exponential_decay(lr, step_size, gamma, staircase=True)


def warmup_cosine(lr, warmup, total):
    return optax.warmup_cosine_decay_schedule(0.0, lr, warmup, total)


def clip(grads, max_norm):
    norm = optax.global_norm(grads)
    factor = jnp.minimum(norm, max_norm) / norm
    return jax.tree.map(lambda g: factor * g, grads)
