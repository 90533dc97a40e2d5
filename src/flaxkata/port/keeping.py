"""PyTorch's dropout keeps every value, and still divides by the probability of
keeping it: its place and its rate show in the values, on both sides alike.
"""

import contextlib
from collections.abc import Iterator
from typing import Any

import torch
from torch.nn import functional

DROPOUTS = ("dropout", "dropout1d", "dropout2d", "dropout3d")


def _all_kept(input: torch.Tensor, p: float = 0.5, training: bool = True, inplace: bool = False) -> torch.Tensor:
    if not training or not p or p >= 1:
        return input if p < 1 or not training else input * 0
    return input.div_(1 - p) if inplace else input / (1 - p)


def _ones(tensor: torch.Tensor, *args: Any, **kwargs: Any) -> torch.Tensor:
    return tensor.fill_(1)


@contextlib.contextmanager
def nothing_dropped() -> Iterator[None]:
    """Dropout by PyTorch's functions, by its attention, and by masks that are
    drawn with `bernoulli`.
    """
    attend = functional.scaled_dot_product_attention

    def attention(*args: Any, dropout_p: float = 0.0, **kwargs: Any) -> torch.Tensor:
        if len(args) > 4:
            args, dropout_p = (*args[:4], 0.0, *args[5:]), args[4]
        elif len(args) <= 4:
            kwargs["dropout_p"] = 0.0
        return attend(*args, **kwargs) / (1 - dropout_p)

    replaced: list[tuple[Any, str, Any]] = [(functional, name, _all_kept) for name in DROPOUTS]
    replaced += [(functional, "scaled_dot_product_attention", attention)]
    replaced += [(torch.Tensor, "bernoulli_", _ones), (torch, "bernoulli", lambda p, *a, **k: torch.ones_like(p))]
    before = [(place, name, getattr(place, name)) for place, name, _ in replaced]
    for place, name, function in replaced:
        setattr(place, name, function)
    try:
        yield
    finally:
        for place, name, function in before:
            setattr(place, name, function)
