"""branch makes new dicts for collection, layer and name only, so dicts nested
deeper (layers inside blocks) stay shared.
"""

from typing import Any


def predict_lists() -> dict[str, list]:
    return {
        "list_assign": [9, [2, 3], 4],
        "list_copy_outer": [1, [2, 3], 4],
        "list_copy_inner": [1, [9, 3], 4],
        "list_copy_replace": [1, [2, 3], 4],
        "list_deepcopy_inner": [1, [2, 3], 4],
    }


def predict_params() -> dict[str, bool]:
    return {
        "params_copy": True,
        "params_two_levels": True,
        "params_name": False,
        "params_replace_layer": False,
        "params_deepcopy": False,
    }


def _new(d):
    return dict(d) if isinstance(d, dict) else d


def branch(variables: Any) -> Any:
    out = dict(variables)
    for collection in out:
        out[collection] = _new(out[collection])
        if isinstance(out[collection], dict):
            for layer in out[collection]:
                out[collection][layer] = _new(out[collection][layer])
    return out
