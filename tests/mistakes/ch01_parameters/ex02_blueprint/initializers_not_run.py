"""The names and shapes are right, and the numbers are not those of the model's
own initializers: an initializer that fills its array with a constant was not
run. Usually each array is drawn from the shapes. Each layer has an initializer
for each of its arrays, and `model.init(key, x)` runs them.
"""

import jax
import jax.numpy as jnp


def param_shapes(model, in_dim):
    return jax.eval_shape(model.init, jax.random.key(0), jnp.ones((1, in_dim)))


def init_params(model, seed, in_dim):
    leaves, treedef = jax.tree.flatten(param_shapes(model, in_dim))
    keys = jax.random.split(jax.random.key(seed), len(leaves))
    return treedef.unflatten([jax.random.normal(k, s.shape) for k, s in zip(keys, leaves)])
