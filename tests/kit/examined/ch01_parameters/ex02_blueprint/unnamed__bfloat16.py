"""init_params casts the weights to bfloat16."""

import jax
import jax.numpy as jnp


def param_shapes(model, in_dim):
    return jax.eval_shape(model.init, jax.random.key(0), jnp.ones((1, in_dim)))


def init_params(model, seed, in_dim):
    variables = model.init(jax.random.key(seed), jnp.ones((1, in_dim)))
    return jax.tree.map(lambda a: a.astype(jnp.bfloat16), variables)
