from collections.abc import Callable
from typing import Any

import jax
import optax


def lm_loss(logits_fn: Callable[[Any, jax.Array], jax.Array], params: Any, tokens: jax.Array) -> jax.Array:
    """Return what `torch_loss` computes, a float32 `jax.Array` of shape ().

    logits_fn(params, tokens) returns float32 (batch, time, vocab) for tokens
    (batch, time). params: any tree; it stays as it is. tokens: int32 (batch,
    n), where n is 2 or more and at most the context. No token is left out, not
    even 0.
    """

    def one(text):
        logits = logits_fn(params, text[None, :-1])[0]
        return optax.softmax_cross_entropy_with_integer_labels(logits, text[1:]).mean()

    return jax.vmap(one)(tokens).mean()


def make_tx(lr: float, warmup: int, weight_decay: float, max_norm: float) -> optax.GradientTransformation:
    """Return the optimizer, or chain, whose updates are those of `torch_step`.

    warmup: 2 or more, so that the learning rate does rise.
    """
    schedule = optax.linear_schedule(lr / warmup, lr, warmup - 1)

    def mask(params):
        return jax.tree.map(lambda p: p.ndim >= 2, params)

    return optax.chain(
        optax.clip_by_global_norm(max_norm),
        optax.adamw(schedule, b1=0.9, b2=0.95, weight_decay=weight_decay, mask=mask),
    )
