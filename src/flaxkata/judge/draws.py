"""Inputs that a check draws with its seed. A cohort's secret moves them, so an
answer that fits one value does not pass.
"""

from typing import TypeVar

import torch

T = TypeVar("T")


def between(low: float, high: float) -> float:
    """A number from [low, high) in three digits, drawn with the check's seed: a
    cohort's secret moves it.
    """
    return float(f"{low + (high - low) * torch.rand(()).item():.3g}")


def one_of(*values: T) -> T:
    """One of the values, drawn with the check's seed; for what makes JAX
    compile again, such as shapes.
    """
    return values[int(torch.randint(len(values), ()))]
