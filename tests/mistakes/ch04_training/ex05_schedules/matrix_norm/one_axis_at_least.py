import jax
import jax.numpy as jnp
import optax


def step_lr(lr, step_size, gamma):
    return optax.exponential_decay(lr, step_size, gamma, staircase=True)


def warmup_cosine(lr, warmup, total):
    return optax.warmup_cosine_decay_schedule(0.0, lr, warmup, total)


def clip(grads, max_norm):
    norms = [jnp.linalg.norm(jnp.atleast_1d(g), 2) for g in jax.tree.leaves(grads)]
    norm = jnp.linalg.norm(jnp.stack(norms))
    factor = jnp.minimum(1.0, max_norm / (norm + 1e-6))
    return jax.tree.map(lambda g: factor * g, grads)
