"""The weights are decayed by `weight_decay` in each update, whatever the
learning rate is. AdamW decays by lr * weight_decay, and lr rises here.
`optax.adamw` multiplies by it; in a chain of your own, `add_decayed_weights`
stands before the learning rate.
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
        optax.add_decayed_weights(-weight_decay, matrices),
    )
