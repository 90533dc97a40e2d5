import optax


def accumulate(grad_fn, params, batches):
    result = grad_fn(params, *batches[0])
    for (old, _), (x, y) in zip(batches, batches[1:], strict=False):
        result = optax.incremental_update(grad_fn(params, x, y), result, len(x) / (len(old) + len(x)))
    return result


def step_every(tx, k):
    return optax.MultiSteps(tx, every_k_schedule=k)
