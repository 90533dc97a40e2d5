"""What runs beside the learner's code for 1.4 set_bias."""

import re
from collections.abc import MutableMapping
from typing import Any

from flax.core import freeze

REFUSAL = re.compile("is immutable|item assignment|item deletion|'(update|setdefault|popitem|clear|__setitem__)'")


def frozen(variables: Any) -> Any:
    """The variables as a FrozenDict, as Flax before 0.7.1 returned them."""
    return freeze(variables)


def set_in_frozen(set_bias: Any, variables: Any, layer: str, value: float) -> Any:
    """`set_bias` of a FrozenDict; "refused" when it raises any of the errors
    with which a FrozenDict refuses to be written to.
    """
    try:
        return set_bias(variables, layer, value)
    except (ValueError, TypeError, AttributeError) as error:
        if "FrozenDict" in str(error) and REFUSAL.search(str(error)):
            return "refused"
        raise


def add_entry(tree: Any) -> None:
    """Write a new entry into the outermost dict, if it is mutable."""
    if isinstance(tree, MutableMapping):
        tree["added"] = 0
