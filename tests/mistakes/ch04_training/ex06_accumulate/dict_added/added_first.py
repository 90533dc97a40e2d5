import jax
import jax.numpy as jnp
import optax


def accumulate(grad_fn, params, batches):
    result = jax.tree.map(jnp.zeros_like, params)
    for x, y in batches:
        result = result + grad_fn(params, x, y)
    return result


def step_every(tx, k):
    return optax.MultiSteps(tx, every_k_schedule=k)
