"""maximum(labels, 0) makes only negative labels safe; an ignore_index beyond
the classes (255) stays and gives nan times 0.
"""

import jax
import jax.numpy as jnp


def cross_entropy(
    logits: jax.Array,
    labels: jax.Array,
    ignore_index: int = -100,
    label_smoothing: float = 0.0,
    weight: jax.Array | None = None,
) -> jax.Array:
    classes = logits.shape[-1]
    valid = (labels != ignore_index).astype(logits.dtype)
    safe = jnp.maximum(labels, 0)
    w = jnp.ones(classes) if weight is None else weight
    logp = jax.nn.log_softmax(logits)
    nll = -jnp.take_along_axis(logp, safe[:, None], axis=1)[:, 0]
    wy = w[safe]
    per = (1 - label_smoothing) * wy * nll + label_smoothing / classes * -(logp * w).sum(-1)
    return (per * valid).sum() / (wy * valid).sum()
