"""The same seed gives other weights each time. Something else than `seed` is
drawn from: a key from the clock, or Python's or NumPy's generator. JAX's
numbers depend on the key alone: `jax.random.key(seed)`.
"""

import time

import jax
import jax.numpy as jnp


def param_shapes(model, in_dim):
    return jax.eval_shape(model.init, jax.random.key(0), jnp.ones((1, in_dim)))


def init_params(model, seed, in_dim):
    return model.init(jax.random.key(time.time_ns() % 2**31), jnp.ones((1, in_dim)))
