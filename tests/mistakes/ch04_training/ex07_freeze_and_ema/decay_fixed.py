"""`decay` changes nothing: the average moves as with a fixed one, usually 0.9,
0.99, or 0.5, which is the mean of both. Use the argument: decay * average + (1
- decay) * params.
"""

import jax
import jax.numpy as jnp
import optax

FREE = {"DECAY": [0.5, 0.99, 0.999]}
DECAY = 0.9


def freeze(tx, layers):
    def labels(params):
        return {layer: "frozen" if layer in layers else "trained" for layer in params}

    return optax.partition({"frozen": optax.set_to_zero(), "trained": tx}, labels)


def ema_start(params):
    return jax.tree.map(jnp.copy, params)


def ema(average, params, decay):
    return jax.tree.map(lambda a, p: DECAY * a + (1 - DECAY) * p, average, params)
