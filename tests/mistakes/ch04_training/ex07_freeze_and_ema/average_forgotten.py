"""The result depends on the new params alone, and not on the average. Usually
`optax.ema` starts again at each call, since its state is made inside. Compute
with the average that is given: decay * average + (1 - decay) * params.
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
    return tx.update(params, tx.init(params))[0]
