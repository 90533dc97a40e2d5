"""`bias += 1` is predicted to change the parameters, as it would for a PyTorch
tensor or a NumPy array. A `jax.Array` cannot change: `bias += 1` means `bias =
bias + 1`, and afterwards only the name `bias` refers to something else.
"""

import copy


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
        "params_name": True,
        "params_replace_layer": False,
        "params_deepcopy": False,
    }


def branch(variables):
    return copy.deepcopy(variables)
