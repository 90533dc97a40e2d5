import jax
import jax.numpy as jnp


def cross_entropy(
    logits: jax.Array,
    labels: jax.Array,
    ignore_index: int = -100,
    label_smoothing: float = 0.0,
    weight: jax.Array | None = None,
) -> jax.Array:
    """The mean cross-entropy that torch.nn.functional.cross_entropy returns, as
    float32 ().

    logits: float32 (batch, classes), even in the hundreds. labels: int32
    (batch,), each a class or `ignore_index`, which marks a sample to leave out
    (at least one sample is kept). ignore_index: a class, or a number that is
    not a class, such as -100 or 255. weight: float32 (classes,) or None.
    """
    classes = logits.shape[-1]
    w = jnp.ones(classes, logits.dtype) if weight is None else weight
    kept = (labels >= 0) & (labels < classes)
    safe = jnp.where(kept, labels, 0)
    logp = jax.nn.log_softmax(logits, axis=-1)
    right = -jnp.take_along_axis(logp, safe[:, None], axis=-1)[:, 0]
    every = (-logp * w).sum(axis=-1)
    loss = (1 - label_smoothing) * w[safe] * right + label_smoothing / classes * every
    total = jnp.where(kept, loss, 0).sum()
    norm = jnp.where(kept, w[safe], 0).sum()
    return total / norm
