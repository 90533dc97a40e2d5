import jax
import optax


def accumulate(grad_fn, params, batches):
    total = sum(len(x) for x, _ in batches)
    parts = [jax.tree.map(lambda g, n=len(x): g * n / total, grad_fn(params, x, y)) for x, y in batches[:-1]]
    x, y = batches.pop(-1)
    parts.append(jax.tree.map(lambda g: g * len(x) / total, grad_fn(params, x, y)))
    return jax.tree.map(lambda *leaves: sum(leaves), *parts)


def step_every(tx, k):
    return optax.MultiSteps(tx, every_k_schedule=k)
