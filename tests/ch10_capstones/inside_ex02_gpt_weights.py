"""What runs beside the learner's code for 10.2 gpt_weights."""

from collections.abc import Callable
from typing import Any

import jax


def over_here(thing: Any) -> Any:
    """Return what was sent, as an object on this side that can be compared
    before and after.
    """
    return thing


def counts(port_gpt: Callable, state_dict: dict, others: dict) -> dict[str, int | None]:
    """How many arrays port_gpt returns for a state_dict with one of the others
    at a time, by its name; None if it raises any error except the stub's.
    """
    return {name: _count(port_gpt, state_dict | {name: array}) for name, array in others.items()}


def _count(port_gpt: Callable, state_dict: dict) -> int | None:
    try:
        return len(jax.tree.leaves(port_gpt(state_dict)))
    except Exception as error:
        if "your code here" in str(error):
            raise
        return None
