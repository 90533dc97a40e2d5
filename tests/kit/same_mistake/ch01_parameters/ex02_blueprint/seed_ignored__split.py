"""A fixed key, split for show."""

import jax
import jax.numpy as jnp

KEY = jax.random.PRNGKey(42)


def param_shapes(model, in_dim):
    spec = jax.ShapeDtypeStruct((3, in_dim), jnp.float32)
    return jax.eval_shape(model.init, KEY, spec)


def init_params(model, seed, in_dim):
    _, key = jax.random.split(KEY)
    return model.init(key, jnp.zeros((3, in_dim)))
