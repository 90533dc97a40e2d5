import jax
import jax.numpy as jnp
import optax


def cross_entropy(logits, labels, ignore_index=-100, label_smoothing=0.0, weight=None):
    if weight is None:
        weight = jnp.ones(logits.shape[-1])
    w = weight[labels]
    right = w * optax.softmax_cross_entropy_with_integer_labels(logits, labels)
    even = -jnp.mean(weight * jax.nn.log_softmax(logits), axis=-1)
    return jnp.sum((1 - label_smoothing) * right + label_smoothing * even) / jnp.sum(w)
