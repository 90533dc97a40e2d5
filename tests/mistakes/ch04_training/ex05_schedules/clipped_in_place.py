"""The dict that came in holds the clipped gradients afterwards. The trailing
underscore of `clip_grad_norm_` says that PyTorch does so. Here, return new
gradients, as `jax.tree.map` makes them.
"""

import jax.numpy as jnp
import optax


def step_lr(lr, step_size, gamma):
    return optax.exponential_decay(lr, step_size, gamma, staircase=True)


def warmup_cosine(lr, warmup, total):
    return optax.warmup_cosine_decay_schedule(0.0, lr, warmup, total)


def clip(grads, max_norm):
    factor = jnp.minimum(1.0, max_norm / (optax.global_norm(grads) + 1e-6))
    for layer in grads.values():
        for name in layer:
            layer[name] = factor * layer[name]
    return grads
