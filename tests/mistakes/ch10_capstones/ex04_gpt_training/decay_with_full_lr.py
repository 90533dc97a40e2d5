"""The weights are decayed by lr * weight_decay in each update, in the warm-up
too. Usually the decay stands after the learning rate in a chain of your own.
AdamW decays by the lr of this update: let `add_decayed_weights` stand before
the learning rate, as in `optax.adamw`.
"""

import jax
import optax


def lm_loss(logits_fn, params, tokens):
    logits = logits_fn(params, tokens[:, :-1])
    return optax.softmax_cross_entropy_with_integer_labels(logits, tokens[:, 1:]).mean()


def matrices(params):
    return jax.tree.map(lambda p: p.ndim >= 2, params)


def make_tx(lr, warmup, weight_decay, max_norm):
    schedule = optax.linear_schedule(lr / warmup, lr, warmup - 1)
    return optax.chain(
        optax.clip_by_global_norm(max_norm),
        optax.adam(schedule, b2=0.95),
        optax.add_decayed_weights(-lr * weight_decay, matrices),
    )
