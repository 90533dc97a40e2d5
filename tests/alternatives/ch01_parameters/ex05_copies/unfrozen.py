"""`flax.core.unfreeze` copies a FrozenDict. `init` returns a plain dict today,
and of that it makes new dicts only where it must: check what it gives back
before you write into it. copy.deepcopy always copies.
"""

from flax.core import unfreeze


def predict_lists():
    return {
        "list_assign": [9, [2, 3], 4],
        "list_copy_outer": [1, [2, 3], 4],
        "list_copy_inner": [1, [9, 3], 4],
        "list_copy_replace": [1, [2, 3], 4],
        "list_deepcopy_inner": [1, [2, 3], 4],
    }


def predict_params():
    return {
        "params_copy": True,
        "params_two_levels": True,
        "params_name": False,
        "params_replace_layer": False,
        "params_deepcopy": False,
    }


def branch(variables):
    return unfreeze(variables)
