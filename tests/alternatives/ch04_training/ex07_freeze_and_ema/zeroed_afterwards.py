"""tx for everything, and then zeros; copies by NumPy; incremental_update."""

import jax
import jax.numpy as jnp
import numpy as np
import optax


def freeze(tx, layers):
    def frozen(params):
        return jax.tree.map_with_path(lambda path, _: path[0].key in layers, params)

    return optax.chain(tx, optax.masked(optax.set_to_zero(), frozen))


def ema_start(params):
    return jax.tree.map(lambda p: jnp.array(np.array(p)), params)


def ema(average, params, decay):
    return optax.incremental_update(params, average, 1 - decay)
