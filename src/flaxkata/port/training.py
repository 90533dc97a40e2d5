"""Some steps of training, on one batch."""

from typing import Any

from flaxkata.judge import curves, differences
from flaxkata.port.gradients import by_mine, covered, targets_of, trained
from flaxkata.port.reading import Given, Tensors
from flaxkata.port.sides import TIMES, Sides, telling
from flaxkata.port.twin import PERTURBED
from flaxkata.port_report import Part, Verdict
from flaxkata.report import Curve

BATCH, SEED = 2, 10
STEP = 3e-3  # of the parameters' norm: the first step of SGD
ADAMW = 1e-3  # its learning rate
DRIFT = 1e-4  # of a loss: the tolerance of curves


def training(sides: Sides, steps: int) -> Part:
    """Some steps with SGD and with AdamW, as curves."""
    places = trained(sides)
    if not steps or not places:
        return Part("training", Verdict.SKIPPED, "no steps" if places else "no leaf could be followed to a parameter")
    findings: list[str] = []
    drawn: list[Curve] = []
    with telling(findings, sides, "In training, "):
        for name in ("SGD", "AdamW"):
            found, curve = _run(sides, places, name, steps)
            drawn += curve
            findings += [found.finding] if found.finding else []
    inside = covered(sides, places)
    left = [n.name for n in sides.twin.named if n.trained and n.name not in inside]
    summary = f"{steps} steps each of SGD and AdamW"
    notes = [f"Not trained on either side: {differences.listed([f'`{name}`' for name in left])}."] if left else []
    return Part("training", Verdict.WRONG if findings else Verdict.RIGHT, summary, findings, notes, curves=drawn)


def _run(sides: Sides, places: list[int], name: str, steps: int) -> Any:
    sides.use(PERTURBED)
    train = sides.takes_train
    given = sides.twin.inputs(BATCH, SEED)
    with sides.twin.restored():
        targets = targets_of(sides, given, SEED)
    rate = ADAMW if name == "AdamW" else _rate(sides, given, targets)
    there = sides.far.sent(given), by_mine(sides, targets)
    where = f"the gradient of forward, with {name}"
    mine = sides.far.ask(where, "losses", "variables", places, *there, steps, name, rate, train)
    names = covered(sides, places)
    wide = sides.twin.own(lambda model: sides.twin.losses(names, given, targets, steps, (name, rate), train, True))
    theirs = sides.twin.losses(names, given, targets, steps, (name, rate), train, False)
    sides.twin.use(PERTURBED)
    drift = max((abs(a - b) / (1 + abs(b)) for a, b in zip(theirs, wide, strict=True)), default=0.0) if wide else 0.0
    return curves.compared(mine, theirs, f"Training with {name}, learning rate {rate:.3g}", max(DRIFT, TIMES * drift))


def _rate(sides: Sides, given: Given, wanted: Tensors) -> float:
    """A learning rate with which SGD's first step changes the parameters by a
    small part of their norm.
    """
    with sides.twin.restored():
        found = sides.twin.gradients(given, wanted, sides.takes_train)
    size = sum(float(p.detach().norm()) ** 2 for p in sides.twin.model.parameters()) ** 0.5
    slope = sum(float(g.norm()) ** 2 for g in found.values()) ** 0.5
    return float(f"{STEP * size / (slope or 1.0):.2g}")
