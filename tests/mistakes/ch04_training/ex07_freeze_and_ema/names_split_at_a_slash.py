"""A layer with a slash in its name is taken for the one that is called like the
part before it: "fc1/0" is frozen with "fc1", and "block/fc1" never is. Usually
the path of a parameter is made a string, which is split again. Take the first
key of the path as it is, `path[0].key`, or go through the dict's own keys.
"""

import jax
import jax.numpy as jnp
import optax


def freeze(tx, layers):
    def label(path, _):
        name = "/".join(key.key for key in path)
        return "frozen" if name.split("/")[0] in layers else "trained"

    def labels(params):
        return jax.tree.map_with_path(label, params)

    return optax.partition({"frozen": optax.set_to_zero(), "trained": tx}, labels)


def ema_start(params):
    return jax.tree.map(jnp.copy, params)


def ema(average, params, decay):
    return jax.tree.map(lambda a, p: decay * a + (1 - decay) * p, average, params)
