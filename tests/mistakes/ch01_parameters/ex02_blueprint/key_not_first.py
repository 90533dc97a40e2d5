"""`init` takes the key first and the example second: `model.init(key, x)`. Its
first argument here is not a key. Usually the two are swapped, or the key is
missing; there is no global generator that `init` could draw from instead.
"""

import jax
import jax.numpy as jnp


def param_shapes(model, in_dim):
    return jax.eval_shape(model.init, jnp.ones((1, in_dim)), jax.random.key(0))


def init_params(model, seed, in_dim):
    return model.init(jnp.ones((1, in_dim)), jax.random.key(seed))
