"""`jax.eval_shape` was called with a function alone. It does not return a
function, as `jax.jit` does. It takes the function's arguments in the same call:
`jax.eval_shape(model.init, key, x)`.
"""

import jax
import jax.numpy as jnp


def param_shapes(model, in_dim):
    return jax.eval_shape(model.init)(jax.random.key(0), jnp.ones((1, in_dim)))


def init_params(model, seed, in_dim):
    return model.init(jax.random.key(seed), jnp.ones((1, in_dim)))
