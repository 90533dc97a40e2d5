"""The smoothing is shared among the other classes, s / (C - 1) each. PyTorch
gives s / C to every class, the right one too, which then has 1 - s + s / C.
Code of other libraries may also subtract a constant, so that the best loss is
0; PyTorch subtracts nothing.
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
    others = 1 - jax.nn.one_hot(labels, logits.shape[-1])
    even = -jnp.sum(others * weight * jax.nn.log_softmax(logits), axis=-1) / (logits.shape[-1] - 1)
    even = jnp.where(counted, even, 0)
    return jnp.sum((1 - label_smoothing) * right + label_smoothing * even) / jnp.sum(w)
