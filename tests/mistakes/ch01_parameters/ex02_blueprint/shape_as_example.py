"""`init` received a shape, (1, in_dim), where it takes an example. Flax passed
the tuple on to the model, whose first layer cannot read its features. An array
of that shape is `jnp.ones((1, in_dim))`.
"""

import jax


def param_shapes(model, in_dim):
    return jax.eval_shape(model.init, jax.random.key(0), (1, in_dim))


def init_params(model, seed, in_dim):
    return model.init(jax.random.key(seed), (1, in_dim))
