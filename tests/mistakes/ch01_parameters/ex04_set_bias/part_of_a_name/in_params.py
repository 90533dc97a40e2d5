import jax.numpy as jnp


def set_bias(variables, layer, value):
    params = {}
    for name, leaves in variables["params"].items():
        params[name] = {**leaves, "bias": jnp.full_like(leaves["bias"], value)} if name.startswith(layer) else leaves
    return {**variables, "params": params}
