"""The first kernel does not have `in_dim` inputs: the example's batch size is
`in_dim`, and its last axis is not. Flax reads the number of input features from
the example's last axis: (batch, in_dim), with any batch.
"""

import jax
import jax.numpy as jnp


def param_shapes(model, in_dim):
    return jax.eval_shape(model.init, jax.random.key(0), jnp.ones((in_dim, 1)))


def init_params(model, seed, in_dim):
    return model.init(jax.random.key(seed), jnp.ones((in_dim, 1)))
