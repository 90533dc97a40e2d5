import jax
import jax.numpy as jnp
import optax


def cross_entropy(logits, labels, ignore_index=-100, label_smoothing=0.0, weight=None):
    counted = (labels != ignore_index).astype(jnp.float32)
    if weight is None:
        weight = jnp.ones(logits.shape[-1])
    w = jnp.where(counted > 0, weight[labels], 0.0)
    right = weight[labels] * optax.softmax_cross_entropy_with_integer_labels(logits, labels)
    even = -jnp.mean(weight * jax.nn.log_softmax(logits), axis=-1)
    losses = (1 - label_smoothing) * right + label_smoothing * even
    return jnp.sum(losses * counted) / jnp.sum(w)
