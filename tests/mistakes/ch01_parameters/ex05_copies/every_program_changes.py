"""Every program on parameters is predicted to change the original. Two of the
five do: those that write into a dict which the original still holds. A write
into a new dict, a name that means something else, and a deep copy are not seen
there.
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
        "params_replace_layer": True,
        "params_deepcopy": True,
    }


def branch(variables):
    return copy.deepcopy(variables)
