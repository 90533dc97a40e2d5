import jax.numpy as jnp


def set_bias(variables, layer, value):
    new = {}
    for collection, layers in variables.items():
        new[collection] = dict(layers)
        if "bias" in layers.get(layer, {}):
            new[collection][layer] = {**layers[layer], "bias": jnp.full_like(layers[layer]["bias"], value)}
    return new
