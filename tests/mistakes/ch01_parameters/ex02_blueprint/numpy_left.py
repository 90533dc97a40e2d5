"""The leaves of `init_params` are NumPy arrays. Usually `jax.device_get` or
`np.asarray` made them. Those are no longer on JAX's device, lack `.at[...]`,
and can be written to by everyone who holds them. Return what `init` returns, as
it is.
"""

import jax
import jax.numpy as jnp


def param_shapes(model, in_dim):
    return jax.eval_shape(model.init, jax.random.key(0), jnp.ones((1, in_dim)))


def init_params(model, seed, in_dim):
    return jax.device_get(model.init(jax.random.key(seed), jnp.ones((1, in_dim))))
