import jax
import jax.numpy as jnp

FREE = {"EPS": [1e-12, 1e-10, 1e-09, 1e-07, 1e-06]}
EPS = 1e-08


def cross_entropy(logits, labels, ignore_index=-100, label_smoothing=0.0, weight=None):
    counted = labels != ignore_index
    labels = jnp.where(counted, labels, 0)
    if weight is None:
        weight = jnp.ones(logits.shape[-1])
    w = jnp.where(counted, weight[labels], 0)
    log_p = jnp.log(jax.nn.softmax(logits) + EPS)
    right = -w * jnp.take_along_axis(log_p, labels[:, None], axis=1)[:, 0]
    even = jnp.where(counted, -jnp.mean(weight * log_p, axis=-1), 0)
    return jnp.sum((1 - label_smoothing) * right + label_smoothing * even) / jnp.sum(w)
