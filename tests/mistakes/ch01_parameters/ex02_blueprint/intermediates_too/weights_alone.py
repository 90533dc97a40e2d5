import jax
import jax.numpy as jnp


def param_shapes(model, in_dim):
    return jax.eval_shape(model.init, jax.random.key(0), jnp.ones((1, in_dim)))


def init_params(model, seed, in_dim):
    _, variables = model.apply({}, jnp.ones((1, in_dim)), rngs=jax.random.key(seed), mutable=True)
    return variables
