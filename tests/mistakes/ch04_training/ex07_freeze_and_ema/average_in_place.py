"""The new average was written into the dict of the old one. AveragedModel does
so; here whoever holds the old average finds it changed. Return a new dict.
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
    for layer in average:
        for name in average[layer]:
            average[layer][name] = decay * average[layer][name] + (1 - decay) * params[layer][name]
    return average
