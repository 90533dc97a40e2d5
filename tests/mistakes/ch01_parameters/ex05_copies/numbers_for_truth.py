"""The predictions for parameters are what the bias holds, or words. Each must
be True or False: whether the bias of fc1 in `original` has changed.
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
        "params_copy": "changed",
        "params_two_levels": "changed",
        "params_name": "unchanged",
        "params_replace_layer": "unchanged",
        "params_deepcopy": "unchanged",
    }


def branch(variables):
    return copy.deepcopy(variables)
