"""With large logits the loss is infinite, NaN or far too small. In float32, exp
of a logit in the hundreds is infinite, and exp of one far below the number that
was subtracted is 0. `jax.nn.log_softmax` subtracts the largest logit of each
row, never takes the logarithm of a softmax, and stays finite, as does `optax`.
"""

import jax
import jax.numpy as jnp


def cross_entropy(logits, labels, ignore_index=-100, label_smoothing=0.0, weight=None):
    counted = labels != ignore_index
    labels = jnp.where(counted, labels, 0)
    if weight is None:
        weight = jnp.ones(logits.shape[-1])
    w = jnp.where(counted, weight[labels], 0)
    log_p = jnp.log(jax.nn.softmax(logits))
    right = -w * jnp.take_along_axis(log_p, labels[:, None], axis=1)[:, 0]
    even = jnp.where(counted, -jnp.mean(weight * log_p, axis=-1), 0)
    return jnp.sum((1 - label_smoothing) * right + label_smoothing * even) / jnp.sum(w)
