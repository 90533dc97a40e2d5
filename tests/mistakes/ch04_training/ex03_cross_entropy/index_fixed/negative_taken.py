import jax
import jax.numpy as jnp


def cross_entropy(logits, labels, ignore_index=-100, label_smoothing=0.0, weight=None):
    counted = labels >= 0
    labels = jnp.where(counted, labels, 0)
    if weight is None:
        weight = jnp.ones(logits.shape[-1])
    w = weight[labels]
    log_p = jax.nn.log_softmax(logits)
    right = -w * jnp.take_along_axis(log_p, labels[:, None], axis=1)[:, 0]
    even = -jnp.mean(weight * log_p, axis=-1)
    losses = (1 - label_smoothing) * right + label_smoothing * even
    return jnp.sum(jnp.where(counted, losses, 0)) / jnp.sum(jnp.where(counted, w, 0))
