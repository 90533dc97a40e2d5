"""All five predictions for parameters are the opposite of what happens. Usually
they say whether the bias is still the same. The question is whether it has
changed: True where it has.
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
        "params_copy": False,
        "params_two_levels": False,
        "params_name": True,
        "params_replace_layer": True,
        "params_deepcopy": True,
    }


def branch(variables):
    return copy.deepcopy(variables)
