from typing import Any


def predict_lists() -> dict[str, list]:
    """What `original` is after each program on lists.

    Returns {"list_assign": [...], ...}: five entries, each a list like the
    original, for list_assign, list_copy_outer, list_copy_inner,
    list_copy_replace and list_deepcopy_inner.
    """
    return {
        "list_assign": [9, [2, 3], 4],
        "list_copy_outer": [1, [2, 3], 4],
        "list_copy_inner": [1, [9, 3], 4],
        "list_copy_replace": [1, [2, 3], 4],
        "list_deepcopy_inner": [1, [2, 3], 4],
    }


def predict_params() -> dict[str, bool]:
    """Whether the bias of fc1 in `original` has changed after each program on
    parameters.

    Returns {"params_copy": True or False, ...}: five entries, True where it
    changed, for params_copy, params_two_levels, params_name,
    params_replace_layer and params_deepcopy.
    """
    return {
        "params_copy": True,
        "params_two_levels": True,
        "params_name": False,
        "params_replace_layer": False,
        "params_deepcopy": False,
    }


def branch(variables: Any) -> Any:
    """Variables that are equal to `variables` and share no container with them,
    at any depth.

    variables: dicts, nested to any depth and none of them empty, with string
    keys and `jax.Array` leaves, which can lie beside dicts. It stays as it is.
    Returns the same entries in new dicts (or in a FrozenDict), each time.
    Arrays may be shared: nobody can write to them.
    """
    new = dict(variables)
    todo = [new]
    while todo:
        node = todo.pop()
        for name, child in node.items():
            if isinstance(child, dict):
                node[name] = dict(child)
                todo.append(child)
    return new
