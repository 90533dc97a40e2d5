"""`train` raises an error for params of some structures. Usually it copies a
dict or walks over its entries. Params may be a tuple, a list, one array or
dicts in a dict: `tx.init`, `jax.grad` and `optax.apply_updates` take all of
them, and `jax.tree.map` goes over their leaves. Nothing needs to be copied,
because no step changes an array.
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
    @jax.jit
    def step(params, state, x, y):
        loss, grads = jax.value_and_grad(loss_fn)(params, x, y)
        updates, state = tx.update(grads, state, params)
        return optax.apply_updates(params, updates), state, loss

    params = dict(params)
    state = tx.init(params)
    losses = []
    for x, y in batches:
        params, state, loss = step(params, state, x, y)
        losses.append(loss)
    return params, jnp.stack(losses)
