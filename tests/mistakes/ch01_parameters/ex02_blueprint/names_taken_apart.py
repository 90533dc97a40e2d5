"""A layer whose name has a dot or a slash in it comes back as two levels.
Usually the dict was flattened to names joined with that character, and then
taken apart there again. A name may have any character: `jax.tree.map` keeps the
dict as it is, and `flatten_dict` without `sep` keeps each path as a tuple.
"""

import jax
import jax.numpy as jnp
from flax.traverse_util import flatten_dict, unflatten_dict

FREE = {"SEP": ["/"]}
SEP = "."


def param_shapes(model, in_dim):
    shapes = jax.eval_shape(model.init, jax.random.key(0), jnp.ones((1, in_dim)))
    return unflatten_dict({name: leaf.shape for name, leaf in flatten_dict(shapes, sep=SEP).items()}, sep=SEP)


def init_params(model, seed, in_dim):
    return model.init(jax.random.key(seed), jnp.ones((1, in_dim)))
