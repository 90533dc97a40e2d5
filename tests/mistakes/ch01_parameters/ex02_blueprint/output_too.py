"""The result is a pair, the model's output and its variables:
`init_with_output` returns both. `init` returns the variables alone.
"""

import jax
import jax.numpy as jnp


def param_shapes(model, in_dim):
    return jax.eval_shape(model.init_with_output, jax.random.key(0), jnp.ones((1, in_dim)))


def init_params(model, seed, in_dim):
    return model.init_with_output(jax.random.key(seed), jnp.ones((1, in_dim)))
