"""With max_norm=0, `clip` returns the gradients as they are. Usually 0 is taken
for "do not clip", as some training scripts do. `clip_grad_norm_` has no such
case: a norm of at most 0 leaves zeros.
"""

import jax
import jax.numpy as jnp
import optax


def step_lr(lr, step_size, gamma):
    return optax.exponential_decay(lr, step_size, gamma, staircase=True)


def warmup_cosine(lr, warmup, total):
    return optax.warmup_cosine_decay_schedule(init_value=0.0, peak_value=lr, warmup_steps=warmup, decay_steps=total)


def clip(grads, max_norm):
    if not max_norm:
        return grads
    factor = jnp.minimum(1.0, max_norm / (optax.global_norm(grads) + 1e-6))
    return jax.tree.map(lambda g: factor * g, grads)
