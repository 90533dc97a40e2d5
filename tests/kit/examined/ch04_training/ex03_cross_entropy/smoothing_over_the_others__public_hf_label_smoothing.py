"""Label smoothing with (1 - s) on the right class and s / (C - 1) on the
others, minus the constant that makes the best loss 0; PyTorch puts s / C on all
and subtracts nothing. From huggingface/transformers, run_summarization_flax.py
(loss_fn), and Flax's examples/lm1b (compute_weighted_cross_entropy).
"""

import jax
import jax.numpy as jnp


def cross_entropy(logits, labels, ignore_index=-100, label_smoothing=0.0, weight=None):
    classes = logits.shape[-1]
    keep = labels != ignore_index
    safe = jnp.where(keep, labels, 0)
    confidence = 1.0 - label_smoothing
    low = (1.0 - confidence) / (classes - 1)
    constant = -(confidence * jnp.log(confidence) + (classes - 1) * low * jnp.log(low + 1e-20))
    soft = jax.nn.one_hot(safe, classes) * (confidence - low) + low
    w = jnp.ones(classes) if weight is None else weight
    loss = -(soft * w * jax.nn.log_softmax(logits)).sum(-1) - constant
    return jnp.where(keep, loss, 0.0).sum() / jnp.where(keep, w[safe], 0.0).sum()
