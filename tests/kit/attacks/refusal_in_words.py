"""Says that a FrozenDict refused, and does nothing else."""


# told: `set_bias\(variables, 'fc1', 0.75\)` raised
def set_bias(variables, layer, value):
    raise ValueError("FrozenDict is immutable.")
