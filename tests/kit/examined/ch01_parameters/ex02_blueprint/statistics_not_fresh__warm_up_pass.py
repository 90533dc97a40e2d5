"""One pass after init updates every collection except the parameters."""

import jax
import jax.numpy as jnp


def param_shapes(model, in_dim):
    return jax.eval_shape(model.init, jax.random.key(0), jnp.ones((1, in_dim)))


def init_params(model, seed, in_dim):
    x = jnp.zeros((1, in_dim))
    variables = model.init(jax.random.key(seed), x)
    _, updated = model.apply(variables, x, mutable=[name for name in variables if name != "params"])
    return {**variables, **updated}
