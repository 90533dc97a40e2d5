"""One-hot targets, smoothed and weighted, and one sum over the classes."""

import jax
import jax.numpy as jnp
import optax


def cross_entropy(logits, labels, ignore_index=-100, label_smoothing=0.0, weight=None):
    classes = logits.shape[-1]
    counted = (labels != ignore_index)[:, None]
    hot = jax.nn.one_hot(labels, classes) * counted
    weight = jnp.ones(classes) if weight is None else weight
    targets = optax.smooth_labels(hot, label_smoothing) * weight * counted
    return optax.softmax_cross_entropy(logits, targets).sum() / (hot * weight).sum()
