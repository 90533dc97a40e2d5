"""How a run is graded, as plain data."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flaxkata.wire import Confinement

LIMIT = 30.0  # seconds that one exercise may keep the judge waiting; the slowest of chapter 1 takes about 2


@dataclass(frozen=True)
class GradeOptions:
    """The settings of a run. `device` is "cpu", "gpu" or "tpu", `limit` in
    seconds per exercise, `memory` in MB (0: as much as there is).

    `here` runs the learner's code in the judge's own process. `shared` runs
    code of ours, which leaves nothing behind, in one sandbox, where much is
    compiled only once. `secret` is mixed into the seeds of all inputs, so that
    nobody can know them beforehand. `fingerprints` is the folder for what known
    mistakes do, by default the kit's. `tolerance_scale` multiplies every
    tolerance: the kit's tests grant right answers half, since other processors
    round differently. `constants` are values for constants of a file of ours.
    """

    device: str = "cpu"
    limit: float = LIMIT
    here: bool = False
    shared: bool = False
    secret: str = ""
    memory: int = 0
    confinement: Confinement | None = None
    fingerprints: Path | None = None
    tolerance_scale: float = 1.0
    constants: tuple[tuple[str, Any], ...] = ()
