import jax
import jax.numpy as jnp
from flax.traverse_util import flatten_dict


def param_shapes(model, in_dim):
    return flatten_dict(jax.eval_shape(model.init, jax.random.key(0), jnp.ones((1, in_dim))))


def init_params(model, seed, in_dim):
    return flatten_dict(model.init(jax.random.key(seed), jnp.ones((1, in_dim))))
