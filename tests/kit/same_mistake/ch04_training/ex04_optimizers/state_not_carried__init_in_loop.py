"""init in the loop: a fresh optimizer for each batch."""

import jax
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
    losses = []
    value_and_grad = jax.jit(jax.value_and_grad(loss_fn))
    for x, y in batches:
        opt_state = tx.init(params)
        value, grads = value_and_grad(params, x, y)
        updates, opt_state = tx.update(grads, opt_state, params)
        params = optax.apply_updates(params, updates)
        losses.append(value)
    return params, losses
