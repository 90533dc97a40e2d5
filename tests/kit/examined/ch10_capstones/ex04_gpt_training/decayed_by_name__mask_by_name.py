"""Decides by name (not "bias", not "scale") and not by axes what is decayed;
wrong for models with vectors of other names (decayed) or a bias of two axes
(not decayed).
"""

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import optax


def lm_loss(logits_fn: Callable[[Any, jax.Array], jax.Array], params: Any, tokens: jax.Array) -> jax.Array:
    """Mean cross-entropy of all tokens but the first."""
    scores = logits_fn(params, tokens[:, :-1])
    right = jnp.take_along_axis(scores, jnp.expand_dims(tokens[:, 1:], -1), axis=-1).squeeze(-1)
    return jnp.mean(jax.nn.logsumexp(scores, axis=-1) - right)


def is_decayed(path, leaf) -> bool:
    name = jax.tree_util.keystr(path[-1:])
    return "bias" not in name and "scale" not in name


def make_tx(lr: float, warmup: int, weight_decay: float, max_norm: float) -> optax.GradientTransformation:
    def mask(params):
        return jax.tree_util.tree_map_with_path(is_decayed, params)

    schedule = optax.join_schedules(
        [optax.linear_schedule(lr / warmup, lr, warmup - 1), optax.constant_schedule(lr)], [warmup - 1]
    )
    return optax.chain(
        optax.clip_by_global_norm(max_norm),
        optax.adamw(schedule, b1=0.9, b2=0.95, weight_decay=weight_decay, mask=mask),
    )
