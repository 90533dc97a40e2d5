"""What runs beside the learner's code for 10.2 gpt_weights."""

from typing import Any


def over_here(thing: Any) -> Any:
    """Return what was sent, as an object on this side that can be compared
    before and after.
    """
    return thing
