"""`lazy_init` for the weights, FrozenDict for the container, a key that was
split first.
"""

import flax.core
import jax
import jax.numpy as jnp


def param_shapes(model, in_dim):
    shapes = jax.eval_shape(model.init, jax.random.key(0), jnp.zeros(in_dim))
    return flax.core.freeze(shapes)


def init_params(model, seed, in_dim):
    _, key = jax.random.split(jax.random.key(seed))
    return flax.core.freeze(model.lazy_init(key, jax.ShapeDtypeStruct((1, in_dim), jnp.float32)))
