import jax
import jax.numpy as jnp
import optax


def accumulate(grad_fn, params, batches):
    sizes = [len(batches[0][0])] * (len(batches) - 1) + [len(batches[-1][0])]
    result = jax.tree.map(jnp.zeros_like, params)
    for size, (x, y) in zip(sizes, batches, strict=True):
        share = size / sum(sizes)
        result = jax.tree.map(lambda r, g: r + share * g, result, grad_fn(params, x, y))
    return result


def step_every(tx, k):
    return optax.MultiSteps(tx, every_k_schedule=k)
