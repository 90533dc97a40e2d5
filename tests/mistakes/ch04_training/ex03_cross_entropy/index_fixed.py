"""Samples labeled `ignore_index` are counted for some of its values: where it
is not -100, not negative, or a class. Usually the labels are compared with
-100, with 0 or with the number of classes. -100 is only the default, and many
datasets pad with 0 or 255. Compare the labels with `ignore_index`.
"""

import jax
import jax.numpy as jnp
import optax


def cross_entropy(logits, labels, ignore_index=-100, label_smoothing=0.0, weight=None):
    counted = labels != -100
    labels = jnp.where(counted, labels, 0)
    if weight is None:
        weight = jnp.ones(logits.shape[-1])
    w = jnp.where(counted, weight[labels], 0)
    right = w * optax.softmax_cross_entropy_with_integer_labels(logits, labels)
    even = jnp.where(counted, -jnp.mean(weight * jax.nn.log_softmax(logits), axis=-1), 0)
    return jnp.sum((1 - label_smoothing) * right + label_smoothing * even) / jnp.sum(w)
