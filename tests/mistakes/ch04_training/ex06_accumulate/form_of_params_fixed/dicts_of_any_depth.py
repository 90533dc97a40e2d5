import jax
import jax.numpy as jnp
import optax


def added(result, grads, share):
    if isinstance(result, dict):
        return {name: added(result[name], grads[name], share) for name in result}
    return result + share * grads


def accumulate(grad_fn, params, batches):
    total = sum(len(x) for x, _ in batches)
    result = jax.tree.map(jnp.zeros_like, params)
    for x, y in batches:
        result = added(result, grad_fn(params, x, y), len(x) / total)
    return result


def step_every(tx, k):
    return optax.MultiSteps(tx, every_k_schedule=k)
