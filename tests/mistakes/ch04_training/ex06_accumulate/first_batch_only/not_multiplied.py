import optax


def accumulate(grad_fn, params, batches):
    for x, y in batches:
        return grad_fn(params, x, y)


def step_every(tx, k):
    return optax.MultiSteps(tx, every_k_schedule=k)
