"""After a loss of inf, `train` takes no more steps, and there are fewer losses
than batches. Usually the loop ends where a loss is not finite. PyTorch's loop
goes on: take a step with each batch, and leave it to the caller to look at the
losses.
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

    state = tx.init(params)
    losses = []
    for x, y in batches:
        params, state, loss = step(params, state, x, y)
        losses.append(loss)
        if not jnp.isfinite(loss):
            break
    return params, jnp.stack(losses)
