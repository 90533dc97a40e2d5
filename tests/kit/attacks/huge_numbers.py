"""Returns whole numbers of 4,000 digits where numbers belong, which become
neither floats nor arrays, and are slow to print.
"""

# told: gave an int|where a jax.Array belongs
import jax


def set_bias(variables, layer, value):
    return jax.tree.map(lambda leaf: 10**4000, variables)
