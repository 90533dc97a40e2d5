"""The kernels and tables are decayed by a number other than `weight_decay`, or
not at all. `optax.adamw` has 1e-4 by default, PyTorch's AdamW has 0.01, and
`optax.adam` has no decay; or the mask is False for them. Pass
`weight_decay=weight_decay`, and a mask that is True for two axes or more.
"""

import jax
import optax

FREE = {"DECAY": [0.0, 0.01, 0.1]}
DECAY = 1e-4


def lm_loss(logits_fn, params, tokens):
    logits = logits_fn(params, tokens[:, :-1])
    return optax.softmax_cross_entropy_with_integer_labels(logits, tokens[:, 1:]).mean()


def matrices(params):
    return jax.tree.map(lambda p: p.ndim >= 2, params)


def make_tx(lr, warmup, weight_decay, max_norm):
    schedule = optax.linear_schedule(lr / warmup, lr, warmup - 1)
    return optax.chain(
        optax.clip_by_global_norm(max_norm),
        optax.adamw(schedule, b2=0.95, weight_decay=DECAY, mask=matrices),
    )
