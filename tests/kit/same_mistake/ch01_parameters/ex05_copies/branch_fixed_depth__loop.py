"""Two levels by a loop; predictions right."""


def predict_lists():
    same = [1, [2, 3], 4]
    return dict(
        list_assign=[9, [2, 3], 4],
        list_copy_outer=same,
        list_copy_inner=[1, [9, 3], 4],
        list_copy_replace=same,
        list_deepcopy_inner=same,
    )


def predict_params():
    changed = {"params_copy", "params_two_levels"}
    names = ["params_copy", "params_two_levels", "params_name", "params_replace_layer", "params_deepcopy"]
    return {name: name in changed for name in names}


def branch(variables):
    fresh = {}
    for name in variables:
        fresh[name] = {}
        fresh[name].update(variables[name])
    return fresh
