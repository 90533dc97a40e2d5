"""Shapes as plain tuples, `PRNGKey`, an example of NaN in a large batch."""

import jax
import jax.numpy as jnp


def param_shapes(model, in_dim):
    example = jnp.full((64, in_dim), jnp.nan)
    shapes = jax.eval_shape(lambda key: model.init(key, example), jax.random.PRNGKey(7))
    return jax.tree.map(lambda leaf: tuple(leaf.shape), shapes)


def init_params(model, seed, in_dim):
    return model.init({"params": jax.random.PRNGKey(seed)}, jnp.full((64, in_dim), jnp.nan))
