"""log_softmax and take_along_axis; an average with weights."""

import jax
import jax.numpy as jnp


def cross_entropy(logits, labels, ignore_index=-100, label_smoothing=0.0, weight=None):
    counted = labels != ignore_index
    safe = labels * counted
    log_p = jax.nn.log_softmax(logits, axis=1)
    w = jnp.ones_like(log_p[0]) if weight is None else weight
    nll = -jnp.take_along_axis(log_p, safe[:, None], axis=1).squeeze(1)
    share = w[safe] * counted
    smooth = jnp.where(counted, -(log_p @ w), 0).sum() / (log_p.shape[1] * share.sum())
    return (1 - label_smoothing) * jnp.average(nll, weights=share) + label_smoothing * smooth
