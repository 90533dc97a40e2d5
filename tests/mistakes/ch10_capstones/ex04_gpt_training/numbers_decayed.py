"""A parameter that is a single number, of shape (), is decayed too. Usually the
mask leaves out what has one axis, `p.ndim != 1`, and a number has none.
`torch_optimizer` decays what has two axes or more: `p.ndim >= 2`.
"""

import jax
import optax


def lm_loss(logits_fn, params, tokens):
    logits = logits_fn(params, tokens[:, :-1])
    return optax.softmax_cross_entropy_with_integer_labels(logits, tokens[:, 1:]).mean()


def matrices(params):
    return jax.tree.map(lambda p: p.ndim != 1, params)


def make_tx(lr, warmup, weight_decay, max_norm):
    schedule = optax.linear_schedule(lr / warmup, lr, warmup - 1)
    return optax.chain(
        optax.clip_by_global_norm(max_norm),
        optax.adamw(schedule, b2=0.95, weight_decay=weight_decay, mask=matrices),
    )
