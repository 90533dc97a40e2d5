"""Returns arrays of objects, of records and of dates, which hold code and
addresses.
"""

# told: of dtype (object|datetime64|\[)
import jax
import numpy as np


class Hostile:
    def __repr__(self, *others):
        raise SystemExit

    __str__ = __float__ = __eq__ = __hash__ = __repr__


def set_bias(variables, layer, value):
    strange = [np.array([Hostile()] * 3, object), np.zeros(3, [("a", "f4")]), np.zeros(3, "datetime64[s]")]
    leaves, tree = jax.tree.flatten(variables)
    return jax.tree.unflatten(tree, [strange[n % 3] for n in range(len(leaves))])
