"""What runs beside the learner's code for 1.3 forward."""

from typing import Any


def kept(tree: Any) -> Any:
    """The tree itself, to be fetched later."""
    return tree


def replace(variables: Any, layer: str, kernel: Any, bias: Any) -> None:
    """Write a layer's new weights into the dict that holds the old ones."""
    variables["params"][layer]["kernel"] = kernel
    variables["params"][layer]["bias"] = bias
