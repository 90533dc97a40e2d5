"""Where the weights of the samples that count sum to less than 1, the loss is
divided by 1. Usually a `jnp.maximum(..., 1)` guards against a division by 0.
PyTorch divides by the sum, however small it is; at least one sample counts, so
it is not 0.
"""

import jax
import jax.numpy as jnp
import optax


def cross_entropy(
    logits: jax.Array,
    labels: jax.Array,
    ignore_index: int = -100,
    label_smoothing: float = 0.0,
    weight: jax.Array | None = None,
) -> jax.Array:
    classes = logits.shape[-1]
    if weight is None:
        weight = jnp.ones(classes, jnp.float32)
    keep = labels != ignore_index
    safe = jnp.where(keep, labels, 0)
    nll = optax.softmax_cross_entropy_with_integer_labels(logits, safe)
    smooth = -(weight * jax.nn.log_softmax(logits)).sum(-1)
    sample_weight = weight[safe]
    loss = (1 - label_smoothing) * sample_weight * nll + label_smoothing / classes * smooth
    total = jnp.where(keep, loss, 0.0).sum()
    return total / jnp.maximum(jnp.where(keep, sample_weight, 0.0).sum(), 1.0)
