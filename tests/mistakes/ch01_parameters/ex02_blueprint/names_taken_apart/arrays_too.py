import jax
import jax.numpy as jnp
from flax.traverse_util import flatten_dict, unflatten_dict


def rebuilt(tree):
    return unflatten_dict(flatten_dict(tree, sep="."), sep=".")


def param_shapes(model, in_dim):
    return rebuilt(jax.eval_shape(model.init, jax.random.key(0), jnp.ones((1, in_dim))))


def init_params(model, seed, in_dim):
    return rebuilt(model.init(jax.random.key(seed), jnp.ones((1, in_dim))))
