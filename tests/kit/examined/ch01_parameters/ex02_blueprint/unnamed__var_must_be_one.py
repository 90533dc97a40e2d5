"""Demands that every `var` begin with 1."""

import jax
import jax.numpy as jnp


def param_shapes(model, in_dim):
    return jax.eval_shape(model.init, jax.random.key(0), jnp.ones((1, in_dim)))


def init_params(model, seed, in_dim):
    variables = model.init(jax.random.key(seed), jnp.ones((1, in_dim)))
    for path, leaf in jax.tree_util.tree_leaves_with_path(variables):
        if path[-1].key == "var":
            assert (leaf == 1).all()
    return variables
