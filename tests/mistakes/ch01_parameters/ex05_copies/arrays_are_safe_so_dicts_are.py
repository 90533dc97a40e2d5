"""Writing into a shared dict is predicted not to change the parameters. Usually
the thought is that arrays cannot change. That is true; the dicts that hold them
can, and `copy.copy` and `dict` share all except the outermost.
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
        "params_name": False,
        "params_replace_layer": False,
        "params_deepcopy": False,
    }


def branch(variables):
    return copy.deepcopy(variables)
