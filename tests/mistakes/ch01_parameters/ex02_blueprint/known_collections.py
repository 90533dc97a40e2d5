"""The result lacks a collection that the model has beside "params" and
"batch_stats". Usually collections are picked by their names. A model can have
more of them, with names of its own: return what `init` returns, as it is.
"""

import jax
import jax.numpy as jnp

KNOWN = ("params", "batch_stats")


def param_shapes(model, in_dim):
    shapes = jax.eval_shape(model.init, jax.random.key(0), jnp.ones((1, in_dim)))
    return {name: shapes[name] for name in KNOWN if name in shapes}


def init_params(model, seed, in_dim):
    variables = model.init(jax.random.key(seed), jnp.ones((1, in_dim)))
    return {name: variables[name] for name in KNOWN if name in variables}
