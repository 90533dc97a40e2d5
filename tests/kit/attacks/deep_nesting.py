"""Returns something nested ten thousand deep."""


# told: deep|recursion|Recursion|ended
def set_bias(variables, layer, value):
    value = {}
    for _ in range(10_000):
        value = {"params": value}
    return value
