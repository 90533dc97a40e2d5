"""AdamW without weight_decay decays by 0.0001, the default of `optax.adamw`.
torch.optim.AdamW has 0.01 by default. Pass `weight_decay=0.01` for None.
"""

import jax
import jax.numpy as jnp
import optax


def make(name, lr, weight_decay=None, momentum=0.0, nesterov=False):
    if name == "AdamW":
        if weight_decay is None:
            return optax.adamw(lr)
        return optax.adamw(lr, weight_decay=weight_decay)
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
    return params, jnp.stack(losses)
