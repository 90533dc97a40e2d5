"""Each leaf is clipped by its own norm. Then the layers shrink by different
factors, and the step points another way. There is one norm of all gradients
together: `optax.clip_by_global_norm`.
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
    schedule = optax.linear_schedule(lr / warmup, lr, warmup - 1)
    return optax.chain(
        optax.stateless(
            lambda grads, params: jax.tree.map(lambda g: g * jnp.minimum(1, max_norm / (jnp.linalg.norm(g) + 1e-6)), grads)
        ),
        optax.adamw(schedule, b2=0.95, weight_decay=weight_decay, mask=matrices),
    )
