"""`accumulate` raises an error for params of another form. Usually it goes over
a dict of layers, each a dict of arrays. The params of a single layer are one
dict, and others are lists or tuples. `jax.tree.map` goes over all arrays,
whatever the form.
"""

import jax.numpy as jnp
import optax


def accumulate(grad_fn, params, batches):
    total = sum(len(x) for x, _ in batches)
    result = {layer: {name: jnp.zeros_like(p) for name, p in arrays.items()} for layer, arrays in params.items()}
    for x, y in batches:
        grads = grad_fn(params, x, y)
        for layer, arrays in result.items():
            for name in arrays:
                arrays[name] += len(x) / total * grads[layer][name]
    return result


def step_every(tx, k):
    return optax.MultiSteps(tx, every_k_schedule=k)
