"""The numbers depend on `in_dim` too: layers of the same shape differ between
two models that differ in their input alone. Usually `in_dim` is folded into the
key, or added to the seed. Make the key from `seed` alone:
`jax.random.key(seed)`.
"""

import jax
import jax.numpy as jnp


def param_shapes(model, in_dim):
    return jax.eval_shape(model.init, jax.random.key(0), jnp.ones((1, in_dim)))


def init_params(model, seed, in_dim):
    key = jax.random.fold_in(jax.random.key(seed), in_dim)
    return model.init(key, jnp.ones((1, in_dim)))
