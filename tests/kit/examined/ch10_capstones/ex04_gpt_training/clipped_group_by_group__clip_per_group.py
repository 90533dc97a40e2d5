"""Makes two parameter groups with multi_transform and clips inside each, so
each group is clipped to max_norm by its own norm, not all gradients together;
wrong when the global norm exceeds max_norm.
"""

from collections.abc import Callable
from typing import Any

import jax
import optax


def lm_loss(logits_fn: Callable[[Any, jax.Array], jax.Array], params: Any, tokens: jax.Array) -> jax.Array:
    logits = logits_fn(params, tokens[:, :-1])
    logits = logits.reshape(-1, logits.shape[-1])
    return optax.softmax_cross_entropy_with_integer_labels(logits, tokens[:, 1:].reshape(-1)).mean()


def make_tx(lr: float, warmup: int, weight_decay: float, max_norm: float) -> optax.GradientTransformation:
    schedule = optax.linear_schedule(init_value=lr / warmup, end_value=lr, transition_steps=warmup - 1)

    def group(decay):
        return optax.chain(
            optax.clip_by_global_norm(max_norm),
            optax.adamw(schedule, b1=0.9, b2=0.95, weight_decay=decay),
        )

    def labels(params):
        return jax.tree.map(lambda p: "decay" if p.ndim >= 2 else "no_decay", params)

    return optax.multi_transform({"decay": group(weight_decay), "no_decay": group(0.0)}, labels)
