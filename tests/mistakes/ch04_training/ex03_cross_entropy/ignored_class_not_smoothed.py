"""With smoothing and an `ignore_index` that is a class, that class has no share
of the smoothing. Usually its weight is set to 0, or its column is taken out, so
that its samples do not count. PyTorch leaves out samples, not classes: the
samples that are kept still give s / C to every class.
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
    if 0 <= ignore_index < logits.shape[-1]:
        weight = weight.at[ignore_index].set(0)
    class_weight = jnp.where(counted, weight[labels], 0)
    right = class_weight * optax.softmax_cross_entropy_with_integer_labels(logits, labels)
    even = jnp.where(counted, -jnp.mean(weight * jax.nn.log_softmax(logits), axis=-1), 0)
    return jnp.sum((1 - label_smoothing) * right + label_smoothing * even) / jnp.sum(class_weight)
