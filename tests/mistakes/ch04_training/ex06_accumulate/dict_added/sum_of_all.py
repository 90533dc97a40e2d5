import optax


def accumulate(grad_fn, params, batches):
    total = sum(len(x) for x, _ in batches)
    return sum(grad_fn(params, x, y) * (len(x) / total) for x, y in batches)


def step_every(tx, k):
    return optax.MultiSteps(tx, every_k_schedule=k)
