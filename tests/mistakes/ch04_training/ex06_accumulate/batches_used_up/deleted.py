import jax
import jax.numpy as jnp
import optax


def accumulate(grad_fn, params, batches):
    total = sum(len(x) for x, _ in batches)
    result = jax.tree.map(jnp.zeros_like, params)
    for _ in range(len(batches)):
        x, y = batches[0]
        share = len(x) / total
        result = jax.tree.map(lambda r, g: r + share * g, result, grad_fn(params, x, y))
        del batches[0]
    return result


def step_every(tx, k):
    return optax.MultiSteps(tx, every_k_schedule=k)
