import optax


def accumulate(grad_fn, params, batches):
    total = sum(len(x) for x, _ in batches)
    result = {layer: {name: 0.0 for name in ("kernel", "bias")} for layer in ("fc1", "fc2")}
    for x, y in batches:
        grads = grad_fn(params, x, y)
        for layer in ("fc1", "fc2"):
            for name in ("kernel", "bias"):
                result[layer][name] += len(x) / total * grads[layer][name]
    return result


def step_every(tx, k):
    return optax.MultiSteps(tx, every_k_schedule=k)
