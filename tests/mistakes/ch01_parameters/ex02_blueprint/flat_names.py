"""The result is one level deep: a whole path is one key, as in PyTorch's
`named_parameters`. `init` and `eval_shape` return nested dicts, {"params":
{"fc1": {"kernel": ...}}}, and `apply` takes those: return them as they are.
"""

import jax
import jax.numpy as jnp
from flax.traverse_util import flatten_dict

FREE = {"SEP": ["/", "_"]}
SEP = "."


def param_shapes(model, in_dim):
    shapes = jax.eval_shape(model.init, jax.random.key(0), jnp.ones((1, in_dim)))
    return flatten_dict(shapes, sep=SEP)


def init_params(model, seed, in_dim):
    return flatten_dict(model.init(jax.random.key(seed), jnp.ones((1, in_dim))), sep=SEP)
