"""An entry has a 9 that its own program does not write into `original`. Usually
all programs are run on one list, or on shallow copies of one, so that an entry
also shows what a different program wrote. Each program receives a new `[1, [2,
3], 4]`.
"""

import copy


def predict_lists():
    return {
        "list_assign": [9, [2, 3], 4],
        "list_copy_outer": [1, [2, 3], 4],
        "list_copy_inner": [1, [9, 3], 4],
        "list_copy_replace": [1, [9, 3], 4],
        "list_deepcopy_inner": [1, [9, 3], 4],
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
    return copy.deepcopy(variables)
