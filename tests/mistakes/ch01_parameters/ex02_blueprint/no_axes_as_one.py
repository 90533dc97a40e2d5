"""`param_shapes` gives the shape (1,) to an array without axes. Its shape is
`()`, and usually code such as `leaf.shape or (1,)` takes that for a missing
one. An array of shape (1,) has one axis; keep each shape as it is.
"""

import jax
import jax.numpy as jnp


def param_shapes(model, in_dim):
    shapes = jax.eval_shape(model.init, jax.random.key(0), jnp.ones((1, in_dim)))
    return jax.tree.map(lambda leaf: leaf.shape or (1,), shapes)


def init_params(model, seed, in_dim):
    return model.init(jax.random.key(seed), jnp.ones((1, in_dim)))
