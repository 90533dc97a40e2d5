import jax
import jax.numpy as jnp


def set_bias(variables, layer, value):
    old = variables["params"][layer]["bias"]

    def change(leaf):
        return jnp.full_like(leaf, value) if jnp.array_equal(leaf, old, equal_nan=True) else leaf

    return jax.tree.map(change, variables)
