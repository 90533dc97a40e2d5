"""The result is what is inside "params", without "params" around it. `init`
returns {"params": {...}}, and `apply` takes that: a model can have other
collections beside its parameters, such as a BatchNorm's statistics.
"""

import jax
import jax.numpy as jnp


def param_shapes(model, in_dim):
    return jax.eval_shape(model.init, jax.random.key(0), jnp.ones((1, in_dim)))["params"]


def init_params(model, seed, in_dim):
    return model.init(jax.random.key(seed), jnp.ones((1, in_dim)))["params"]
