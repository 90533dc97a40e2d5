"""The optimizer stops with an error when its `init` was called for another
network before. Usually the labels are made once and kept. Make them in each
call, from the params that it is given.
"""

import jax
import jax.numpy as jnp
import optax


def freeze(tx, layers):
    kept = []

    def labels(params):
        if not kept:
            kept.append({layer: "frozen" if layer in layers else "trained" for layer in params})
        return kept[0]

    return optax.partition({"frozen": optax.set_to_zero(), "trained": tx}, labels)


def ema_start(params):
    return jax.tree.map(jnp.copy, params)


def ema(average, params, decay):
    return jax.tree.map(lambda a, p: decay * a + (1 - decay) * p, average, params)
