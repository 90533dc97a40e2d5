"""The kernels' shapes are in PyTorch's order, (out, in). Flax's are (in, out),
and `eval_shape` gives them so: leave them as they are.
"""

import jax
import jax.numpy as jnp


def param_shapes(model, in_dim):
    shapes = jax.eval_shape(model.init, jax.random.key(0), jnp.ones((1, in_dim)))
    return jax.tree.map(lambda leaf: leaf.shape[::-1], shapes)


def init_params(model, seed, in_dim):
    return model.init(jax.random.key(seed), jnp.ones((1, in_dim)))
