"""`init` under `jax.jit`; shapes from a traced program."""

import functools

import jax
import jax.numpy as jnp


def param_shapes(model, in_dim):
    traced = jax.jit(model.init).trace(jax.random.key(0), jnp.ones((2, 3, in_dim)))
    return traced.out_info


def init_params(model, seed, in_dim):
    return jax.jit(functools.partial(model.init))(jax.random.key(seed), jnp.ones((2, 3, in_dim)))
