import jax.numpy as jnp
import optax
from flax.traverse_util import flatten_dict, unflatten_dict


def accumulate(grad_fn, params, batches):
    total = sum(len(x) for x, _ in batches)
    result = {path: jnp.zeros_like(p) for path, p in flatten_dict(params).items()}
    for x, y in batches:
        grads = flatten_dict(grad_fn(params, x, y))
        result = {path: r + len(x) / total * grads[path] for path, r in result.items()}
    return unflatten_dict(result)


def step_every(tx, k):
    return optax.MultiSteps(tx, every_k_schedule=k)
