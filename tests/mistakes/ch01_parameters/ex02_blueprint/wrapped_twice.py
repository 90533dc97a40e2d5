"""There is "params" inside "params". `init` has put {"params": ...} around the
parameters already; do not add a second one.
"""

import jax
import jax.numpy as jnp


def param_shapes(model, in_dim):
    return jax.eval_shape(model.init, jax.random.key(0), jnp.ones((1, in_dim)))


def init_params(model, seed, in_dim):
    return {"params": model.init(jax.random.key(seed), jnp.ones((1, in_dim)))}
