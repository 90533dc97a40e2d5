"""The two functions of an optimizer written out: the frozen layers never reach
tx.
"""

import copy

import jax
import jax.numpy as jnp
import optax


def freeze(tx, layers):
    def without(tree):
        return {name: leaf for name, leaf in tree.items() if name not in layers}

    def update(grads, state, params):
        updates, state = tx.update(without(grads), state, without(params))
        return jax.tree.map(jnp.zeros_like, grads) | updates, state

    return optax.GradientTransformation(lambda params: tx.init(without(params)), update)


def ema_start(params):
    return copy.deepcopy(params)


def ema(average, params, decay):
    return {n: {k: a + (1 - decay) * (params[n][k] - a) for k, a in v.items()} for n, v in average.items()}
