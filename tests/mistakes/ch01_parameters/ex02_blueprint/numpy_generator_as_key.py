"""`init` received a NumPy generator or its seed state where it takes a key. JAX
has no generator that changes with each draw; a key is an array that you make
from the seed: `jax.random.key(seed)`.
"""

import jax
import jax.numpy as jnp
import numpy as np


def param_shapes(model, in_dim):
    return jax.eval_shape(model.init, jax.random.key(0), jnp.ones((1, in_dim)))


def init_params(model, seed, in_dim):
    return model.init(np.random.default_rng(seed), jnp.ones((1, in_dim)))
