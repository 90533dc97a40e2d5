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
        "params_copy": 1,
        "params_two_levels": 1,
        "params_name": 0,
        "params_replace_layer": 0,
        "params_deepcopy": 0,
    }


def branch(variables):
    return copy.deepcopy(variables)
