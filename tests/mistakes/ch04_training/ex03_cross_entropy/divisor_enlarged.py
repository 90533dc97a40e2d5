"""Where the weights are small, the loss is too small. Usually a small number is
added to the divisor, against a division by 0. PyTorch adds nothing: at least
one sample is kept, and weights around 1e-5 give the same mean as weights around
1.
"""

import jax
import jax.numpy as jnp
import optax

FREE = {"EPS": [1e-8, 1e-7, 1e-5]}
EPS = 1e-6


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
    even = jnp.where(counted, -jnp.mean(weight * jax.nn.log_softmax(logits), axis=-1), 0)
    return jnp.sum((1 - label_smoothing) * right + label_smoothing * even) / (jnp.sum(class_weight) + EPS)
