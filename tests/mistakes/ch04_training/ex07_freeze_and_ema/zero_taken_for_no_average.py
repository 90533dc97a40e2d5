"""Where the average is 0, `ema` returns the params as they are. Usually a 0 is
taken for an average that has not begun, and biases often begin at 0.
`ema_start` has made the first average already: compute decay * average + (1 -
decay) * params everywhere.
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
    return jax.tree.map(lambda a, p: jnp.where(a == 0, p, decay * a + (1 - decay) * p), average, params)
