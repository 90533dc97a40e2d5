"""The sizes are passed one by one, as to `torch.ones(1, 10)`. JAX takes a shape
as one tuple, and takes what comes next for a dtype: `jnp.ones((1, in_dim))`.
"""

import jax
import jax.numpy as jnp


def param_shapes(model, in_dim):
    return jax.eval_shape(model.init, jax.random.key(0), jnp.ones(1, in_dim))


def init_params(model, seed, in_dim):
    return model.init(jax.random.key(seed), jnp.ones(1, in_dim))
