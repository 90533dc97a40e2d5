import jax
import jax.numpy as jnp


def param_shapes(model, in_dim):
    return jax.eval_shape(model.init, jax.random.key(0), jnp.arange(in_dim)[None])


def init_params(model, seed, in_dim):
    return model.init(jax.random.key(seed), jnp.arange(in_dim)[None])
