"""The average is kept as NumPy arrays of its own (a real copy on the host)."""

import jax
import numpy as np
import optax


def freeze(tx, layers):
    names = tuple(layers)

    def label(name):
        return {True: "stop", False: "go"}[name in names]

    return optax.multi_transform(
        transforms={"go": tx, "stop": optax.set_to_zero()}, param_labels=lambda params: {n: label(n) for n in params}
    )


def ema_start(params):
    return jax.tree.map(lambda p: np.array(p, copy=True), params)


def ema(average, params, decay):
    return jax.tree.map(lambda a, p: decay * a + (1 - decay) * p, average, params)
