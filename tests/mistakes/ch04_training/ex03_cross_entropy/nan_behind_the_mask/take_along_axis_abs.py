import jax
import jax.numpy as jnp


def cross_entropy(logits, labels, ignore_index=-100, label_smoothing=0.0, weight=None):
    counted = (labels != ignore_index).astype(logits.dtype)
    labels = jnp.maximum(labels, 0)
    if weight is None:
        weight = jnp.ones(logits.shape[-1])
    w = counted * weight[labels]
    log_p = jax.nn.log_softmax(logits)
    right = -w * jnp.take_along_axis(log_p, labels[:, None], axis=1)[:, 0]
    even = counted * -jnp.mean(weight * log_p, axis=-1)
    return jnp.sum((1 - label_smoothing) * right + label_smoothing * even) / jnp.sum(w)
