import jax
import jax.numpy as jnp
import numpy as np


def param_shapes(model, in_dim):
    return jax.eval_shape(model.init, jax.random.key(0), jnp.ones((1, in_dim)))


def init_params(model, seed, in_dim):
    np.random.seed(None)
    return model.init(jax.random.key(np.random.randint(2**31)), jnp.ones((1, in_dim)))
