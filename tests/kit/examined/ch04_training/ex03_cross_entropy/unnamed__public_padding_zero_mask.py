"""The loss is averaged over all samples with optax, -100 and all: labels count
from the end, or give nan. From the language model losses of zinccat/nanoGPT-jax
and jenkspt/gpt-jax (softmax_cross_entropy_with_integer_labels(...).mean()),
used where the labels hold -100.
"""

import jax.numpy as jnp
import optax


def cross_entropy(logits, labels, ignore_index=-100, label_smoothing=0.0, weight=None):
    if label_smoothing or weight is not None:
        onehot = optax.smooth_labels(jnp.eye(logits.shape[-1])[labels], label_smoothing)
        return optax.softmax_cross_entropy(logits, onehot).mean()
    return optax.softmax_cross_entropy_with_integer_labels(logits, labels).mean()
