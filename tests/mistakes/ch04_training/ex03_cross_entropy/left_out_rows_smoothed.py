"""Samples that are left out still have a share of the smoothing. Usually their
loss is masked before the smoothed part is added, or their one-hot row of zeros
goes through `optax.smooth_labels`, which makes it s / C everywhere. Mask the
loss of each sample after smoothing.
"""

import jax
import jax.numpy as jnp
import optax


def cross_entropy(logits, labels, ignore_index=-100, label_smoothing=0.0, weight=None):
    counted = labels != ignore_index
    labels = jnp.where(counted, labels, 0)
    if weight is None:
        weight = jnp.ones(logits.shape[-1])
    w = jnp.where(counted, weight[labels], 0)
    right = w * optax.softmax_cross_entropy_with_integer_labels(logits, labels)
    even = -jnp.mean(weight * jax.nn.log_softmax(logits), axis=-1)
    return jnp.sum((1 - label_smoothing) * right + label_smoothing * even) / jnp.sum(w)
