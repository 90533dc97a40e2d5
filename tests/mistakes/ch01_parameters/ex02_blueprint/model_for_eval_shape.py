"""`jax.eval_shape` received the model as its function. A Flax model cannot be
called by itself, as it has no weights. `model.init` makes the variables, so it
has their shapes: `jax.eval_shape(model.init, key, x)`.
"""

import jax
import jax.numpy as jnp


def param_shapes(model, in_dim):
    return jax.eval_shape(model, jnp.ones((1, in_dim)))


def init_params(model, seed, in_dim):
    return model.init(jax.random.key(seed), jnp.ones((1, in_dim)))
