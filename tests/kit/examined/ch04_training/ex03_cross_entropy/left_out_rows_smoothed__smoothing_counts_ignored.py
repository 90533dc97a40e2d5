"""the smoothing term sums over all samples, the ignored ones too."""

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
    valid = labels != ignore_index
    safe = jnp.where(valid, labels, 0)
    w = jnp.ones(classes) if weight is None else weight
    logp = jax.nn.log_softmax(logits)
    nll = -jnp.take_along_axis(logp, safe[:, None], axis=1)[:, 0]
    wy = w[safe]
    smooth = -(logp * w).sum(-1)
    den = jnp.where(valid, wy, 0.0).sum()
    hit = jnp.where(valid, (1 - label_smoothing) * wy * nll, 0.0).sum()
    return (hit + label_smoothing / classes * smooth.sum()) / den
