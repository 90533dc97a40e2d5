"""predict_lists runs the programs on shallow copies of one list, so the 9 of
list_copy_inner is still there in list_copy_replace and list_deepcopy_inner.
"""

import copy
from typing import Any

import jax


def _assign(original):
    other = original
    other[0] = 9


def _copy_outer(original):
    other = copy.copy(original)
    other[0] = 9


def _copy_inner(original):
    other = copy.copy(original)
    other[1][0] = 9


def _copy_replace(original):
    other = copy.copy(original)
    other[1] = [9, 3]


def _deepcopy_inner(original):
    other = copy.deepcopy(original)
    other[1][0] = 9


def predict_lists() -> dict[str, list]:
    start = [1, [2, 3], 4]
    result = {}
    for program in (_assign, _copy_outer, _copy_inner, _copy_replace, _deepcopy_inner):
        original = start.copy()
        program(original)
        result["list" + program.__name__] = copy.deepcopy(original)
    return result


def predict_params() -> dict[str, bool]:
    return {
        "params_copy": True,
        "params_two_levels": True,
        "params_name": False,
        "params_replace_layer": False,
        "params_deepcopy": False,
    }


def branch(variables: Any) -> Any:
    return jax.tree.map(lambda leaf: leaf, variables)
