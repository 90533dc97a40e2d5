"""Token 0 is taken for padding and left out of the loss."""

from collections.abc import Callable
from typing import Any

import jax
import optax


def lm_loss(logits_fn: Callable[[Any, jax.Array], jax.Array], params: Any, tokens: jax.Array) -> jax.Array:
    logits = logits_fn(params, tokens[:, :-1])
    losses = optax.softmax_cross_entropy_with_integer_labels(logits, tokens[:, 1:])
    counts = tokens[:, 1:] != 0
    return (losses * counts).sum() / counts.sum()


def make_tx(lr: float, warmup: int, weight_decay: float, max_norm: float) -> optax.GradientTransformation:
    schedule = optax.linear_schedule(lr / warmup, lr, warmup - 1)

    def mask(params):
        return jax.tree.map(lambda p: p.ndim >= 2, params)

    return optax.chain(
        optax.clip_by_global_norm(max_norm),
        optax.adamw(schedule, b1=0.9, b2=0.95, weight_decay=weight_decay, mask=mask),
    )
