FREE = {"LEVELS": [3, 5]}
LEVELS = 4


def copied(tree, levels):
    if levels == 0 or not isinstance(tree, dict):
        return tree
    return {key: copied(item, levels - 1) for key, item in tree.items()}


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
    return copied(variables, LEVELS)
