"""The learning rate begins at 0, so that the first update does nothing and each
other has the rate of the one before it. The first update has lr / warmup,
and update number `warmup` has lr. optax counts updates from 0.
"""

import jax
import optax


def lm_loss(logits_fn, params, tokens):
    logits = logits_fn(params, tokens[:, :-1])
    return optax.softmax_cross_entropy_with_integer_labels(logits, tokens[:, 1:]).mean()


def matrices(params):
    return jax.tree.map(lambda p: p.ndim >= 2, params)


def make_tx(lr, warmup, weight_decay, max_norm):
    schedule = optax.linear_schedule(0.0, lr, warmup)
    return optax.chain(
        optax.clip_by_global_norm(max_norm),
        optax.adamw(schedule, b2=0.95, weight_decay=weight_decay, mask=matrices),
    )
