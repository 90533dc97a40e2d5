"""After the warm-up the learning rate falls, by little in each update. Usually
`optax.warmup_cosine_decay_schedule` has the warm-up, with many steps for its
cosine. From update number `warmup` on it is lr, for good:
`optax.linear_schedule` stays at its last value.
"""

import jax
import optax


def lm_loss(logits_fn, params, tokens):
    logits = logits_fn(params, tokens[:, :-1])
    return optax.softmax_cross_entropy_with_integer_labels(logits, tokens[:, 1:]).mean()


def matrices(params):
    return jax.tree.map(lambda p: p.ndim >= 2, params)


FREE = {"STEPS": [1_000, 5_000]}
STEPS = 10_000


def make_tx(lr, warmup, weight_decay, max_norm):
    schedule = optax.warmup_cosine_decay_schedule(lr / warmup, lr, warmup - 1, STEPS)
    return optax.chain(
        optax.clip_by_global_norm(max_norm),
        optax.adamw(schedule, b2=0.95, weight_decay=weight_decay, mask=matrices),
    )
