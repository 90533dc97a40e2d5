"""`init` takes the key first and the example second, `model.init(key, x)`. It
was given the example first, or the example alone; there is no global generator
that it could draw from instead.
"""

import jax
import jax.numpy as jnp


def param_shapes(model, in_dim):
    return jax.eval_shape(model.init, jnp.ones((1, in_dim)), jax.random.key(0))


def init_params(model, seed, in_dim):
    return model.init(jnp.ones((1, in_dim)), jax.random.key(seed))
