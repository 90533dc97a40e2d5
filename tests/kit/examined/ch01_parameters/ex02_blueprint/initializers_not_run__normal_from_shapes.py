"""init_params draws every leaf, biases too, from a normal distribution instead
of running the model's initializers.
"""

import jax
import jax.numpy as jnp


def param_shapes(model, in_dim):
    return jax.eval_shape(model.init, jax.random.key(0), jnp.ones((1, in_dim)))


def init_params(model, seed, in_dim):
    leaves, treedef = jax.tree.flatten(param_shapes(model, in_dim))
    keys = jax.random.split(jax.random.key(seed), len(leaves))
    return treedef.unflatten([0.02 * jax.random.normal(k, s.shape) for k, s in zip(keys, leaves, strict=True)])
