"""`jax.eval_shape` received the result of `model.init(...)`. It takes the
function and its arguments, so that it can run the function on shapes:
`jax.eval_shape(model.init, key, x)`.
"""

import jax
import jax.numpy as jnp


def param_shapes(model, in_dim):
    return jax.eval_shape(model.init(jax.random.key(0), jnp.ones((1, in_dim))))


def init_params(model, seed, in_dim):
    return model.init(jax.random.key(seed), jnp.ones((1, in_dim)))
