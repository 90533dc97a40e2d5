"""What a check of a port found, as plain data. Outputs are functions of it;
nothing here runs anything.
"""

from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

from flaxkata.report import Curve

SCHEMA = 1


class Verdict(StrEnum):
    """What became of a part of the check."""

    RIGHT = "right"
    WRONG = "wrong"
    SKIPPED = "not compared"


@dataclass(frozen=True)
class Layer:
    """One activation on both sides: `apart` is max|a - b| / max|b|, `own` how
    far PyTorch's own float32 is from its float64, `bound` what is still taken
    for rounding.
    """

    name: str
    mine: str  # its name over there
    shape: list[int]
    actual: list[float]  # mean and standard deviation
    expected: list[float]
    apart: float
    own: float | None
    bound: float
    agrees: bool


@dataclass(frozen=True)
class Table:
    """The activations of one setting, in PyTorch's order of computation."""

    setting: str
    layers: list[Layer]


@dataclass(frozen=True)
class Leaf:
    """A leaf of the variables: the names that its values come from, and how
    they were arranged.
    """

    path: str
    shape: list[int]
    names: list[str]
    arrangement: str = ""
    whole: bool = True  # no values are in it that are no tensor's


@dataclass(frozen=True)
class Part:
    """One part of the check: a line that sums it up, what differs, and what is
    worth knowing without being wrong.
    """

    name: str
    verdict: Verdict
    summary: str
    findings: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    seconds: float = 0.0
    tables: list[Table] = field(default_factory=list)
    curves: list[Curve] = field(default_factory=list)
    leaves: list[Leaf] = field(default_factory=list)


@dataclass(frozen=True)
class Port:
    """A whole check. `tensors` and `parameters` are PyTorch's; `memory` is the
    most that the two processes used, in MB: PyTorch's and JAX's.
    """

    file: str
    model: str
    tensors: int
    parameters: int
    device: str
    versions: dict[str, str]
    parts: list[Part]
    printed: str = ""
    seconds: float = 0.0
    memory: list[int] = field(default_factory=list)

    @property
    def right(self) -> bool:
        return all(part.verdict != Verdict.WRONG for part in self.parts)

    @property
    def wrong(self) -> list[Part]:
        return [part for part in self.parts if part.verdict == Verdict.WRONG]

    def part(self, name: str) -> Part:
        """The part of this name."""
        return next(part for part in self.parts if part.name == name)


def to_json(port: Port) -> dict[str, Any]:
    """The check as JSON data: what `kata port check --json` writes."""
    return {"schema": SCHEMA, "right": port.right} | asdict(port)
