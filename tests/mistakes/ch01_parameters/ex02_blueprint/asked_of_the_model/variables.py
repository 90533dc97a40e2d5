import jax
import jax.numpy as jnp


def param_shapes(model, in_dim):
    return jax.tree.map(jnp.shape, model.variables)


def init_params(model, seed, in_dim):
    return model.variables
