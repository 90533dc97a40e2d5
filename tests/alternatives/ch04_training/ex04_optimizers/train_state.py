"""Flax's TrainState; learning rates that can be changed later; a list of
floats.
"""

import jax
import optax
from flax.training.train_state import TrainState


def make(name, lr, weight_decay=None, momentum=0.0, nesterov=False):
    if name == "AdamW":
        return optax.inject_hyperparams(optax.adamw)(lr, weight_decay=0.01 if weight_decay is None else weight_decay)
    if name == "SGD":
        tx = optax.inject_hyperparams(optax.sgd)(lr, momentum=momentum, nesterov=nesterov)
    elif name == "Adam":
        tx = optax.inject_hyperparams(optax.adam)(lr)
    elif name == "RMSprop":
        tx = optax.rmsprop(lr, 0.99, eps_in_sqrt=False)
    return optax.chain(optax.add_decayed_weights(weight_decay), tx) if weight_decay else tx


@jax.jit(static_argnums=0)
def train_step(loss_fn, state, batch):
    loss, grads = jax.value_and_grad(loss_fn)(state.params, *batch)
    return state.apply_gradients(grads=grads), loss


def train(loss_fn, params, tx, batches):
    state = TrainState.create(apply_fn=None, params=params, tx=tx)
    losses = []
    for batch in batches:
        state, loss = train_step(loss_fn, state, batch)
        losses.append(float(loss))
    return state.params, losses
