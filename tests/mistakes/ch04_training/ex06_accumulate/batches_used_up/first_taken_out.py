import jax
import optax


def accumulate(grad_fn, params, batches):
    total = sum(len(x) for x, _ in batches)

    def weighted(x, y):
        return jax.tree.map(lambda g: len(x) / total * g, grad_fn(params, x, y))

    result = weighted(*batches.pop(0))
    for x, y in batches:
        result = jax.tree.map(lambda r, g: r + g, result, weighted(x, y))
    return result


def step_every(tx, k):
    return optax.MultiSteps(tx, every_k_schedule=k)
