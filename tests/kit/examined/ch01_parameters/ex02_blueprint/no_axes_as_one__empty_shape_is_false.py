"""The empty shape is false, and gives way to (1,)."""

import jax
import jax.numpy as jnp


def param_shapes(model, in_dim):
    variables = jax.eval_shape(model.init, jax.random.key(0), jnp.zeros((1, in_dim)))
    return jax.tree.map(lambda p: tuple(p.shape) or (1,), variables)


def init_params(model, seed, in_dim):
    return model.init(jax.random.key(seed), jnp.zeros((1, in_dim)))
