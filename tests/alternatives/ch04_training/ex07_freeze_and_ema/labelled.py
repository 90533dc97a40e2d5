"""optax.partition with a label for every leaf; arithmetic that makes a new
array; optax's tree functions.
"""

import jax
import optax


def freeze(tx, layers):
    def label(path, _):
        return path[0].key in layers

    optimizers = {True: optax.set_to_zero(), False: tx}
    return optax.partition(optimizers, lambda params: jax.tree.map_with_path(label, params))


def ema_start(params):
    return optax.tree.scale(1.0, params)


@jax.jit
def ema(average, params, decay):
    return optax.tree.add(optax.tree.scale(decay, average), optax.tree.scale(1 - decay, params))
