"""Batches of different sizes raise an error: they are put into one array, which
needs one shape. The last batch of an epoch is often smaller. Loop over the
batches in Python; `jax.jit` compiles once per shape.
"""

import jax
import jax.numpy as jnp
import optax


def make(name, lr, weight_decay=None, momentum=0.0, nesterov=False):
    if name == "AdamW":
        return optax.adamw(lr, weight_decay=0.01 if weight_decay is None else weight_decay)
    decay = optax.add_decayed_weights(weight_decay or 0.0)
    if name == "SGD":
        return optax.chain(decay, optax.sgd(lr, momentum, nesterov))
    if name == "Adam":
        return optax.chain(decay, optax.adam(lr))
    return optax.chain(decay, optax.rmsprop(lr, decay=0.99, eps_in_sqrt=False))


def train(loss_fn, params, tx, batches):
    def step(carry, batch):
        params, state = carry
        loss, grads = jax.value_and_grad(loss_fn)(params, *batch)
        updates, state = tx.update(grads, state, params)
        return (optax.apply_updates(params, updates), state), loss

    xs, ys = jnp.stack([x for x, _ in batches]), jnp.stack([y for _, y in batches])
    (params, _), losses = jax.lax.scan(step, (params, tx.init(params)), (xs, ys))
    return params, losses
