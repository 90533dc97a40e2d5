"""The names in `layers` are read as patterns, in which a dot matches any
character and parentheses group. So "fc1.0" freezes "fc1/0" too, and "fc(1)"
does not freeze the layer of that name. Compare whole names: `layer in layers`.
"""

import re

import jax
import jax.numpy as jnp
import optax


def freeze(tx, layers):
    pattern = "|".join(layers)

    def labels(params):
        return {layer: "frozen" if layers and re.fullmatch(pattern, layer) else "trained" for layer in params}

    return optax.partition({"frozen": optax.set_to_zero(), "trained": tx}, labels)


def ema_start(params):
    return jax.tree.map(jnp.copy, params)


def ema(average, params, decay):
    return jax.tree.map(lambda a, p: decay * a + (1 - decay) * p, average, params)
