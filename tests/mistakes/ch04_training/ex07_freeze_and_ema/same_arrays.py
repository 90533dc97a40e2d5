"""The first average holds the very arrays of params. When a training step is
given them with `donate_argnums`, they are gone, and so is the average. A new
dict does not help; copy the arrays, with `jnp.copy`.
"""

import jax
import optax


def freeze(tx, layers):
    def labels(params):
        return {layer: "frozen" if layer in layers else "trained" for layer in params}

    return optax.multi_transform({"frozen": optax.set_to_zero(), "trained": tx}, labels)


def ema_start(params):
    return params


def ema(average, params, decay):
    return jax.tree.map(lambda a, p: decay * a + (1 - decay) * p, average, params)
