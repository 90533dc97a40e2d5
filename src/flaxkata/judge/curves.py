"""The losses of a training run beside PyTorch's."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from flaxkata.judge import differences
from flaxkata.judge.resemblance import error
from flaxkata.judge.trees import as_numpy, flatten, is_numeric, sample
from flaxkata.report import Comparison, Curve


def compared(actual: Any, expected: Sequence[float], label: str, bound: float) -> tuple[Comparison, list[Curve]]:
    """The comparison of fetched losses, one number per step, with PyTorch's;
    and both as a curve, if there are as many. `bound` is the tolerance of each.
    """
    tree = flatten(actual)
    leaves = list(tree.values())
    count = sum(as_numpy(leaf).size for leaf in leaves) if all(map(is_numeric, leaves)) else -1
    if count != len(expected):
        what = differences.describe_tree(tree) if count < 0 or len(leaves) > 1 else differences.describe(leaves[0])
        words = f"{label} gave {what}; expected {len(expected)} losses, one per step."
        return Comparison(label, "structure", what, finding=words), []
    mine, theirs = np.concatenate([as_numpy(leaf).ravel() for leaf in leaves]).astype(float), np.array(expected, float)
    errors = [error(mine[i], theirs[i]) for i in range(count)]
    diverges_at = next((i for i, apart in enumerate(errors) if apart > bound), None)
    drawn = [Curve(label, mine.tolist(), theirs.tolist(), diverges_at)]
    if diverges_at is None:
        found = Comparison(label, "equal", values=sample([mine]), tolerance=bound, error=max(errors, default=0.0))
        return found, drawn
    words = f"{label}: {_agreeing(diverges_at)}step {diverges_at} has loss {mine[diverges_at]:.6g}; "
    words += f"PyTorch has {theirs[diverges_at]:.6g} (steps count from 0)."
    return Comparison(label, "value", "", sample([np.nan_to_num(mine)]), bound, words), drawn


def _agreeing(steps: int) -> str:
    if steps == 0:
        return ""
    return "the first loss agrees, then " if steps == 1 else f"the first {steps} losses agree, then "
