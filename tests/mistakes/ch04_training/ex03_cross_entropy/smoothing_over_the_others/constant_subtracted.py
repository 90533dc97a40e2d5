import jax
import jax.numpy as jnp


def cross_entropy(logits, labels, ignore_index=-100, label_smoothing=0.0, weight=None):
    counted = labels != ignore_index
    labels = jnp.where(counted, labels, 0)
    if weight is None:
        weight = jnp.ones(logits.shape[-1])
    w = jnp.where(counted, weight[labels], 0)
    classes = logits.shape[-1]
    high, low = 1 - label_smoothing, label_smoothing / (classes - 1)
    constant = -(high * jnp.log(high) + (classes - 1) * low * jnp.log(low + 1e-20))
    targets = jax.nn.one_hot(labels, classes) * (high - low) + low
    losses = -jnp.sum(targets * weight * jax.nn.log_softmax(logits), axis=-1) - constant
    return jnp.sum(jnp.where(counted, losses, 0)) / jnp.sum(w)
