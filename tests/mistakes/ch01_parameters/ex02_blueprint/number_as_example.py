"""`init` received a number, such as `in_dim`, where it takes an example with
that many features: `jnp.ones((1, in_dim))`.
"""

import jax


def param_shapes(model, in_dim):
    return jax.eval_shape(model.init, jax.random.key(0), in_dim)


def init_params(model, seed, in_dim):
    return model.init(jax.random.key(seed), in_dim)
