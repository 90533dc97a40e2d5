"""With smoothing, a sample whose label has the weight 0 is left out of the
loss. Usually such samples are masked together with those labeled
`ignore_index`. Its own part is 0, and the smoothed part is not: the sum over
the classes has their weights, not that of the label.
"""

import jax
import jax.numpy as jnp
import optax


def cross_entropy(
    logits: jax.Array,
    labels: jax.Array,
    ignore_index: int = -100,
    label_smoothing: float = 0.0,
    weight: jax.Array | None = None,
) -> jax.Array:
    counted = labels != ignore_index
    labels = jnp.where(counted, labels, 0)
    if weight is None:
        weight = jnp.ones(logits.shape[-1], logits.dtype)
    class_weight = jnp.where(counted, weight[labels], 0)
    right = class_weight * optax.softmax_cross_entropy_with_integer_labels(logits, labels)
    even = jnp.where(class_weight > 0, -jnp.mean(weight * jax.nn.log_softmax(logits), axis=-1), 0)
    return jnp.sum((1 - label_smoothing) * right + label_smoothing * even) / jnp.sum(class_weight)
