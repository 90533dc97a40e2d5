"""A whole check of a port, part by part."""

import contextlib
import importlib.metadata
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from flaxkata.judge import outcomes
from flaxkata.judge.errors import ExecutionError, LearnerError
from flaxkata.port import dtypes, forward, gradients, names, train_mode, training
from flaxkata.port.far import Far
from flaxkata.port.section import Section, Unusable
from flaxkata.port.sides import Sides
from flaxkata.port.twin import Twin
from flaxkata.port_report import Part, Port, Verdict

PARTS = ("names", "activations", "outputs", "train mode", "gradients", "training", "dtypes")
STEPS = 10  # of training, with each optimizer
PACKAGES = ("torch", "jax", "flax", "optax", "numpy", "flaxkata")

Listener = Callable[[str], None]  # is told which part begins


def check(
    path: Path | str, device: str = "cpu", steps: int = STEPS, here: bool = False, listener: Listener = lambda part: None
) -> Port:
    """What a check of the port in a file finds.

    `device` is where JAX computes; `steps` of training with each optimizer, 0
    for none; `here` runs both sections in this process. Raises Unusable for a
    file that cannot be checked.
    """
    started = time.monotonic()
    path = Path(path).resolve()
    section = Section(path)
    listener("PyTorch")
    far = _far(section, device, here)
    try:
        twin = Twin(section)
        sides = Sides(twin, far)
        parts = _parts(sides, steps, listener)
        memory: list[int] = []
        with contextlib.suppress(ExecutionError):  # it may have ended
            memory = [_peak(), far.ask("measuring", "memory")]
        printed = far.printed
    finally:
        far.close()
    versions = {name: _version(name) for name in PACKAGES}
    seconds = time.monotonic() - started
    return Port(
        path.name,
        type(twin.model).__name__,
        len(twin.named),
        twin.parameters,
        " ".join(dict.fromkeys(far.device)),
        versions,
        parts,
        printed,
        seconds,
        memory,
    )


def _far(section: Section, device: str, here: bool) -> Far:
    try:
        return Far(section, device, here)
    except LearnerError as error:
        raise Unusable(outcomes.explained(error, "")) from None
    except ExecutionError as error:
        raise Unusable(str(error)) from None


def _parts(sides: Sides, steps: int, listener: Listener) -> list[Part]:
    """Each part, until the forward pass is wrong: the rest would only say so
    again.
    """
    found: list[Part] = []
    runs: tuple[Callable[[], list[Part]], ...] = (
        lambda: [names.names(sides)],
        lambda: forward.forward(sides),
        lambda: [train_mode.train_mode(sides)],
        lambda: [gradients.gradients(sides)],
        lambda: [training.training(sides, steps)],
        lambda: [dtypes.dtypes(sides)],
    )
    for run in runs:
        part = PARTS[len(found)]
        listener(part)
        started = time.monotonic()
        new = run()
        found += [replace(new[0], seconds=time.monotonic() - started), *new[1:]]
        if _hopeless(found):
            break
    rest = PARTS[len(found) :]
    return found + [Part(name, Verdict.SKIPPED, "after the parts above are right") for name in rest]


def _hopeless(found: list[Part]) -> bool:
    """Whether variables or the forward pass are wrong."""
    wrong = {part.name for part in found if part.verdict == Verdict.WRONG}
    return bool(wrong & {"activations", "outputs"}) or found[0].summary.endswith("no variables")


def _version(name: str) -> str:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return ""


def _peak() -> int:
    """The most memory that this process has used, in MB."""
    try:
        import resource
    except ImportError:  # Windows
        return 0
    found = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return found >> 20 if sys.platform == "darwin" else found >> 10
