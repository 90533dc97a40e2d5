"""A `lax.scan` over stacked batches of one shape; a table of optimizers, built
from the small parts.
"""

import itertools

import jax
import jax.numpy as jnp
import optax

PARTS = {
    "SGD": lambda momentum, nesterov: optax.trace(momentum, nesterov),
    "Adam": lambda *_: optax.scale_by_adam(),
    "AdamW": lambda *_: optax.scale_by_adam(),
    "RMSprop": lambda *_: optax.scale_by_rms(0.99, eps_in_sqrt=False),
}


def make(name, lr, weight_decay=None, momentum=0.0, nesterov=False):
    if weight_decay is None:
        weight_decay = 0.01 if name == "AdamW" else 0.0
    parts = [optax.add_decayed_weights(weight_decay), PARTS[name](momentum, nesterov)]
    if name == "AdamW":
        parts.reverse()
    return optax.chain(*parts, optax.scale_by_learning_rate(lr))


def train(loss_fn, params, tx, batches):
    def step(carry, batch):
        params, state = carry
        loss, grads = jax.value_and_grad(loss_fn)(params, *batch)
        updates, state = tx.update(grads, state, params)
        return (optax.apply_updates(params, updates), state), loss

    carry, losses = (params, tx.init(params)), []
    for _, alike in itertools.groupby(batches, lambda batch: batch[0].shape):
        stacked = jax.tree.map(lambda *leaves: jnp.stack(leaves), *alike)
        carry, found = jax.lax.scan(step, carry, stacked)
        losses.append(found)
    return carry[0], jnp.concatenate(losses)
