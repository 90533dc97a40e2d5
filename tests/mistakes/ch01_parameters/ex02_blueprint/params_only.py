"""The result has the collection "params" and no other. A model can have others
beside its parameters, such as "batch_stats" with a BatchNorm's statistics, and
`apply` needs them. Return what `init` returns, as it is.
"""

import jax
import jax.numpy as jnp


def param_shapes(model, in_dim):
    return {"params": jax.eval_shape(model.init, jax.random.key(0), jnp.ones((1, in_dim)))["params"]}


def init_params(model, seed, in_dim):
    return {"params": model.init(jax.random.key(seed), jnp.ones((1, in_dim)))["params"]}
