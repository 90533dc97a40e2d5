"""The dict of the old average holds the new one afterwards. AveragedModel
updates its own parameters too; here other code that holds the old average finds
it changed. Return a new dict, as `jax.tree.map` makes it.
"""

import jax
import jax.numpy as jnp
import optax


def freeze(tx, layers):
    def labels(params):
        return {layer: "frozen" if layer in layers else "trained" for layer in params}

    return optax.partition({"frozen": optax.set_to_zero(), "trained": tx}, labels)


def ema_start(params):
    return jax.tree.map(jnp.copy, params)


def ema(average, params, decay):
    for layer in average:
        for name in average[layer]:
            average[layer][name] = decay * average[layer][name] + (1 - decay) * params[layer][name]
    return average
