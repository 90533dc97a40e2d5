"""Adam with weight_decay trains like AdamW: the weights are decayed themselves.
torch.optim.Adam adds weight_decay * p to the gradient, and the moments see it.
Chain `optax.add_decayed_weights` and `optax.adam`, in this order.
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
        return optax.adamw(lr, weight_decay=weight_decay or 0.0)
    return optax.chain(decay, optax.rmsprop(lr, decay=0.99, eps_in_sqrt=False))


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
