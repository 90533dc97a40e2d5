"""What runs beside the learner's code for 1.4 set_bias."""

import re
from collections.abc import Callable, Mapping, MutableMapping
from typing import Any

from flax.core import freeze

REFUSAL = re.compile("is immutable|item assignment|item deletion|'(update|setdefault|popitem|clear|__setitem__)'")


def frozen(variables: Any) -> Any:
    """The variables as a FrozenDict, as Flax before 0.7.1 returned them."""
    return freeze(variables)


def tied(variables: Any, layer: str) -> Any:
    """The variables with one more layer, which holds the very array that is the
    bias of `layer`.
    """
    params = variables["params"]
    return {**variables, "params": {**params, "tied": {"offset": params[layer]["bias"]}}}


def refusable(set_bias: Callable) -> Callable:
    """`set_bias`, where "refused" stands for the errors with which a FrozenDict
    refuses to be written to.
    """

    def call(variables: Any, layer: str, value: float) -> Any:
        try:
            return set_bias(variables, layer, value)
        except (ValueError, TypeError, AttributeError) as error:
            if "FrozenDict" in str(error) and REFUSAL.search(str(error)):
                return "refused"
            raise

    return call


def containers(tree: Any, path: tuple = ()) -> list[list]:
    """The paths of all mappings, with what they are."""
    if not isinstance(tree, Mapping):
        return []
    return [[list(path), type(tree).__name__], *(c for key in tree for c in containers(tree[key], (*path, key)))]


def add_entry(tree: Any) -> None:
    """Write a new entry into the outermost dict, if it is mutable."""
    if isinstance(tree, MutableMapping):
        tree["added"] = 0
