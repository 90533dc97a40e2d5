import copy


def predict_lists():
    return {
        "list_assign": [9, [9, 3], 4],
        "list_copy_outer": [9, [9, 3], 4],
        "list_copy_inner": [9, [9, 3], 4],
        "list_copy_replace": [9, [9, 3], 4],
        "list_deepcopy_inner": [9, [9, 3], 4],
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
