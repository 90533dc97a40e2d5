"""Takes all memory."""

# told: MB of memory
import numpy as np


def set_bias(variables, layer, value):
    kept = []
    while True:
        kept.append(np.ones(10_000_000))
