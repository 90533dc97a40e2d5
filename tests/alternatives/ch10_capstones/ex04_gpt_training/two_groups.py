"""One-hot targets; two optimizers, as PyTorch has two groups, behind one
clipping.
"""

import jax
import jax.numpy as jnp
import optax


def lm_loss(logits_fn, params, tokens):
    logits = logits_fn(params, tokens[:, :-1])
    targets = jax.nn.one_hot(tokens[:, 1:], logits.shape[-1])
    return jnp.mean(optax.softmax_cross_entropy(logits, targets))


def make_tx(lr, warmup, weight_decay, max_norm):
    rising = optax.linear_schedule(lr / warmup, lr, warmup - 1)
    schedule = optax.join_schedules([rising, optax.constant_schedule(lr)], [warmup])
    groups = {
        "decayed": optax.adamw(schedule, b2=0.95, weight_decay=weight_decay),
        "others": optax.adamw(schedule, b2=0.95, weight_decay=0.0),
    }

    def labels(params):
        return jax.tree.map(lambda p: "decayed" if p.ndim > 1 else "others", params)

    return optax.chain(optax.clip_by_global_norm(max_norm), optax.multi_transform(groups, labels))
