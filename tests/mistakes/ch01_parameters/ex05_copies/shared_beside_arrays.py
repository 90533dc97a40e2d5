"""`branch` shares the dicts that lie beside an array. Usually a dict that holds
an array is taken for a layer without anything nested in it. A block can have
parameters of its own beside its layers; copy.deepcopy and jax.tree.map look at
each entry.
"""


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
    if any(not isinstance(item, dict) for item in variables.values()):
        return dict(variables)
    return {name: branch(item) for name, item in variables.items()}
