"""Weight decay makes the weights grow: it is added to the finished updates, and
updates are added to the parameters. Put `optax.add_decayed_weights` first in
the chain, before the sign and the learning rate.
"""

import jax
import jax.numpy as jnp
import optax


def make(name, lr, weight_decay=None, momentum=0.0, nesterov=False):
    if name == "AdamW":
        return optax.adamw(lr, weight_decay=0.01 if weight_decay is None else weight_decay)
    decay = optax.add_decayed_weights(weight_decay or 0.0)
    if name == "SGD":
        return optax.chain(optax.sgd(lr, momentum, nesterov), decay)
    if name == "Adam":
        return optax.chain(optax.adam(lr), decay)
    return optax.chain(optax.rmsprop(lr, decay=0.99, eps_in_sqrt=False), decay)


def train(loss_fn, params, tx, batches):
    @jax.jit
    def step(params, state, x, y):
        loss, grads = jax.value_and_grad(loss_fn)(params, x, y)
        updates, state = tx.update(grads, state, params)
        return optax.apply_updates(params, updates), state, loss

    state = tx.init(params)
    losses = []
    for x, y in batches:
        params, state, loss = step(params, state, x, y)
        losses.append(loss)
    return params, jnp.stack(losses)
