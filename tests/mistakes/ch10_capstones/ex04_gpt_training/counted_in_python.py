"""The learning rate stays at lr / warmup, that of the first update. Usually the
schedule counts the updates itself, in a Python variable. Under `jax.jit` it
runs once, when the step is traced, and what it returned is a constant of the
program. optax passes the number of updates done: use that.
"""

import jax
import optax


def lm_loss(logits_fn, params, tokens):
    logits = logits_fn(params, tokens[:, :-1])
    return optax.softmax_cross_entropy_with_integer_labels(logits, tokens[:, 1:]).mean()


def matrices(params):
    return jax.tree.map(lambda p: p.ndim >= 2, params)


class WarmUp:
    def __init__(self, lr, warmup):
        self.lr, self.warmup, self.updates = lr, warmup, 0

    def __call__(self, count):
        self.updates += 1
        return self.lr * min(1.0, self.updates / self.warmup)


def make_tx(lr, warmup, weight_decay, max_norm):
    return optax.chain(
        optax.clip_by_global_norm(max_norm),
        optax.adamw(WarmUp(lr, warmup), b2=0.95, weight_decay=weight_decay, mask=matrices),
    )
