"""Returns NaN everywhere."""

# told: nan|NaN|not finite
import jax
import jax.numpy as jnp


def set_bias(variables, layer, value):
    return jax.tree.map(lambda leaf: jnp.full_like(leaf, jnp.nan), variables)
