"""Where a frozen layer is called "bias", the biases of all other layers are
frozen too. Usually the names are looked for anywhere in the path of a
parameter. A layer's name is the first part of the path: compare that alone.
"""

import jax
import jax.numpy as jnp
import optax


def freeze(tx, layers):
    def label(path, _):
        return "frozen" if any(key.key in layers for key in path) else "trained"

    return optax.partition(
        {"frozen": optax.set_to_zero(), "trained": tx},
        lambda params: jax.tree_util.tree_map_with_path(label, params),
    )


def ema_start(params):
    return jax.tree.map(jnp.copy, params)


def ema(average, params, decay):
    return jax.tree.map(lambda a, p: decay * a + (1 - decay) * p, average, params)
