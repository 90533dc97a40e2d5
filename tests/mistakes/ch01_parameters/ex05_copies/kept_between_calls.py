"""`branch` keeps something from call to call: its next result is an old one, or
changes the one before. Usually copies are kept in a dict of the module, or in a
default argument, which every call shares. Make a new copy each time.
"""

import copy

KEPT = {}


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
    if id(variables) not in KEPT:
        KEPT[id(variables)] = variables, copy.deepcopy(variables)
    return KEPT[id(variables)][1]
