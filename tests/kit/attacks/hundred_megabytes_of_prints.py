"""Prints 100 MB."""


# told: differs from PyTorch
def set_bias(variables, layer, value):
    for _ in range(100):
        print("x" * (1 << 20))
    return {**variables, "params": dict(variables["params"])}
