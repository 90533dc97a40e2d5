"""The results of two calls with the same arguments share dicts: what the caller
writes into one is in the other as well. Usually results are kept, by
`functools.cache` or in a dict of the module. `init` makes new variables each
time; call it each time.
"""

import functools

import jax
import jax.numpy as jnp


def param_shapes(model, in_dim):
    return jax.eval_shape(model.init, jax.random.key(0), jnp.ones((1, in_dim)))


@functools.cache
def init_params(model, seed, in_dim):
    return model.init(jax.random.key(seed), jnp.ones((1, in_dim)))
