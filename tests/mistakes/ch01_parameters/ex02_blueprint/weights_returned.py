"""`param_shapes` returns arrays, the weights themselves. It must return their
shapes, without drawing them: `jax.eval_shape(model.init, key, x)` returns the
same nested dict with a `jax.ShapeDtypeStruct` in place of each array.
"""

import jax
import jax.numpy as jnp


def param_shapes(model, in_dim):
    return model.init(jax.random.key(0), jnp.ones((1, in_dim)))


def init_params(model, seed, in_dim):
    return model.init(jax.random.key(seed), jnp.ones((1, in_dim)))
