"""Weight decay is added to the gradient, before the moments, as in
`torch.optim.Adam`. AdamW leaves the gradient as it is and decays the weights
by themselves: `optax.adamw` with `weight_decay` and `mask`.
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
        optax.add_decayed_weights(weight_decay, matrices),
        optax.adam(schedule, b2=0.95),
    )
