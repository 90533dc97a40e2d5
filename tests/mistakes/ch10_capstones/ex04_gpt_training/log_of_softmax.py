"""Where the token that comes is very unlikely, the loss stops growing, or is
infinite. Usually the logarithm is taken of a softmax, with a small number added
or without. PyTorch takes it of the logits, where nothing is rounded to 0:
`jax.nn.log_softmax`, or optax's function for integer labels.
"""

import jax
import jax.numpy as jnp
import optax

FREE = {"EPS": [0.0, 1e-12, 1e-9, 1e-7, 1e-6, 1e-5]}
EPS = 1e-8


def lm_loss(logits_fn, params, tokens):
    logits = logits_fn(params, tokens[:, :-1])
    probabilities = jnp.take_along_axis(jax.nn.softmax(logits), tokens[:, 1:, None], axis=-1)
    return -jnp.log(probabilities + EPS).mean()


def matrices(params):
    return jax.tree.map(lambda p: p.ndim >= 2, params)


def make_tx(lr, warmup, weight_decay, max_norm):
    schedule = optax.linear_schedule(lr / warmup, lr, warmup - 1)
    return optax.chain(
        optax.clip_by_global_norm(max_norm),
        optax.adamw(schedule, b2=0.95, weight_decay=weight_decay, mask=matrices),
    )
