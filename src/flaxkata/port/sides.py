"""Both sides of one check, and what several of its parts need: weights on both,
outputs compared, errors told.
"""

import contextlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch

from flaxkata.judge import differences, outcomes, remedies
from flaxkata.judge.differences import NARROW, Expectation
from flaxkata.judge.errors import ExecutionError, LearnerError
from flaxkata.judge.resemblance import error
from flaxkata.judge.trees import as_numpy
from flaxkata.port.far import Arrays, Far
from flaxkata.port.reading import Given, Tensors, as_double
from flaxkata.port.twin import Twin
from flaxkata.port_report import Leaf
from flaxkata.report import Comparison

FLOOR = 1e-5  # of max|b|: what float32 may be apart where PyTorch says nothing of its own rounding
TIMES = 10  # how many times PyTorch's own float32 from its float64 is still rounding


@dataclass(frozen=True)
class Setting:
    """Weights, a batch size and a seed for the inputs."""

    weights: str
    batch: int
    seed: int

    def __str__(self) -> str:
        return f"weights {self.weights}, batch {self.batch}, seed {self.seed}"


@dataclass
class Sides:
    """PyTorch here, JAX over there."""

    twin: Twin
    far: Far
    leaves: Arrays = field(default_factory=dict)  # of the variables
    origins: list[Leaf] = field(default_factory=list)
    pairs: dict[str, str] = field(default_factory=dict)  # PyTorch's paths in the output, by the port's
    missing: dict[str, None] = field(default_factory=dict)  # PyTorch's paths that the port does not return
    weights: str = ""

    def use(self, weights: str) -> None:
        """These weights on both sides."""
        if self.weights != weights:
            self.twin.use(weights)
            self.far.send("state", self.twin.state())
            self.leaves = self.far.port("state", "variables")
            self.weights = weights

    @property
    def takes_train(self) -> bool:
        """Whether `forward` can be asked for train mode."""
        return "train" in self.far.takes or "forward" not in self.far.functions

    def in_order(self, paths: list[str]) -> list[str]:
        """Leaves in the order in which the state_dict has what they are filled
        from.
        """
        place = {n.name: i for i, n in enumerate(self.twin.named)}
        first = {leaf.path: min((place[name] for name in leaf.names), default=len(place)) for leaf in self.origins}
        return sorted(paths, key=lambda path: first.get(path, len(place)))

    def origin(self, path: str) -> str:
        """Which names a leaf was filled from, and how, as text in brackets."""
        found = next((leaf for leaf in self.origins if leaf.path == path), None)
        if not found or not found.names:
            return ""
        how = f", {found.arrangement}" if found.arrangement else ""
        return f" (from {differences.listed([f'`{n}`' for n in found.names])}{how})"


def own_error(narrow: torch.Tensor, wide: torch.Tensor | None) -> float | None:
    """How far PyTorch's own float32 is from its float64, of max|b|."""
    if wide is None or narrow.shape != wide.shape or not narrow.is_floating_point():
        return None
    return relative(as_numpy(narrow), as_numpy(wide))


def relative(a: np.ndarray, b: np.ndarray) -> float:
    """max|a - b| / max|b|."""
    top = float(np.abs(b[np.isfinite(b)]).max(initial=0.0))
    return error(a, b) * (1 + top) / (top or 1.0)


def bound_of(own: float | None, floor: float = FLOOR, times: float = TIMES) -> float:
    """What is taken for rounding, of max|b|."""
    return max(floor, times * (own or 0.0))


def expectation(bound: float, right: Any) -> Expectation:
    """How an array is compared whose error may be `bound` of max|b|."""
    values = as_numpy(right)
    top = float(np.abs(values[np.isfinite(values)]).max(initial=0.0)) if values.dtype.kind in "fc" else 0.0
    return Expectation(bound * (top or 1.0) / (1 + top))


# --- outputs ---


@dataclass(frozen=True)
class Outputs:
    """PyTorch's output by path, in its own dtype and in float64."""

    theirs: Tensors
    wide: Tensors | None

    def own(self, path: str) -> float | None:
        wide = self.wide.get(path) if self.wide else None
        return own_error(self.theirs[path], wide)


def paired(mine: Arrays, theirs: Tensors) -> dict[str, str]:
    """PyTorch's paths, by the port's; an array alone stands for PyTorch's first
    tensor of floats.
    """
    if list(mine) == [""] and "" not in theirs:
        first = next((path for path, x in theirs.items() if x.is_floating_point()), None)
        return {"": first} if first is not None else {}
    return {path: path for path in mine if path in theirs}


def outputs_differ(sides: Sides, mine: Arrays, outputs: Outputs, label: str, floor: float = FLOOR, times: float = TIMES) -> Any:
    """The first comparison of outputs that fails, or None; and for each pair
    how far apart they are and PyTorch's own rounding.
    """
    pairs = sides.pairs = paired(mine, outputs.theirs)
    sides.missing = dict.fromkeys(path for path in outputs.theirs if path not in pairs.values())
    if extra := [path or "an array" for path in mine if path not in pairs]:
        have = differences.listed([p or "a tensor" for p in outputs.theirs])
        words = f"{label} has {differences.listed(extra)}, which PyTorch's output does not have: it has {have}."
        return Comparison(label, "structure", finding=words), []
    if not pairs:
        have = differences.listed([f"`{path}`" if path else "a tensor" for path in outputs.theirs])
        words = f"{label} has no arrays; PyTorch's output has {have}. Is a `return` missing?"
        return Comparison(label, "structure", finding=words), []
    seen: list[tuple[float, float | None]] = []
    for path, other in pairs.items():
        right, own = outputs.theirs[other], outputs.own(other)
        array = sides.far.array(path, mine[path])
        found = differences.leaf(label, (path,) if path else (), array, right, expectation(bound_of(own, floor, times), right))
        if found.outcome != "equal":
            return found, seen
        wanted = str(right.dtype).removeprefix("torch.")
        if array.dtype != NARROW.get(wanted, wanted):
            words = f"{label} has dtype {array.dtype}; PyTorch has {wanted}."
            return Comparison(label, "dtype", finding=words), seen
        if right.is_floating_point():
            seen.append((relative(as_numpy(array), as_numpy(right)), own))
    return None, seen


def leaf_apart(sides: Sides, path: str, trees: tuple[str, str], about: Any, tolerance: float, label: str) -> str:
    """What is said of a leaf that differs in two trees over there, the port's
    and PyTorch's; `about` is its shape and dtype.
    """
    mine, theirs = (sides.far.leaf(tree, path, about) for tree in trees)
    return differences.leaf(label, (), mine, theirs, Expectation(tolerance)).finding or f"{label} differs from PyTorch."


def torch_outputs(sides: Sides, given: Given, train: bool = False) -> Outputs:
    """What PyTorch computes, and what it computes in float64."""
    with torch.no_grad():
        theirs = sides.twin.call(given, train)
        wide = sides.twin.own(lambda model: sides.twin.call(as_double(given), train, model))
    return Outputs(theirs, wide)


def measured(seen: list[tuple[float, float | None]]) -> str:
    """How far apart, beside PyTorch's own float32 and float64."""
    if not seen:
        return ""
    own = [o for _, o in seen if o is not None]
    words = f"at most {max(a for a, _ in seen):.1e} of the largest value apart"
    return f"{words}; PyTorch's own float32 and float64: {max(own):.1e}" if own else words


# --- errors ---


@contextlib.contextmanager
def telling(findings: list[str], sides: Sides, begin: str = "") -> Iterator[None]:
    """What the user's code raises in this block becomes a finding."""
    try:
        yield
    except LearnerError as error:
        findings.append(outcomes.explained(error, cause(error, sides), begin))
    except ExecutionError as error:
        findings.append(str(error))


def cause(error: LearnerError, sides: Sides) -> str:
    """What an exception's message does not say by itself."""
    if "read-only" in error.message:
        return "`port` must leave the arrays that it is given as they are"
    if known := remedies.remedy(error.message):
        return known
    for leaf in sides.origins:
        if leaf.path and f'"{leaf.path.rpartition(".")[2]}"' in error.message and _module(leaf.path) in error.message:
            return f"The leaf {leaf.path}, {tuple(leaf.shape)}, is filled{sides.origin(leaf.path).replace(' (', ' ', 1)[:-1]}"
    return ""


def _module(path: str) -> str:
    """Flax's name of the module that has a leaf: `/block/conv`."""
    return '"/' + "/".join(path.split(".")[1:-1]) + '"'


def shown(theirs: Mapping[str, Any]) -> str:
    """Names, the first three and how many more."""
    return differences.listed([f"`{name}`" for name in theirs])
