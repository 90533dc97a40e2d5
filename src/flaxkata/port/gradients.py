"""Gradients by parameter: PyTorch's, ported as the weights are."""

from typing import Any

import torch

from flaxkata.judge import differences
from flaxkata.port.names import tied
from flaxkata.port.reading import Given, Tensors, as_double
from flaxkata.port.sides import FLOOR, TIMES, Sides, leaf_apart, telling
from flaxkata.port.twin import PERTURBED
from flaxkata.port_report import Part, Verdict

BATCH, SEED = 2, 5
FAINT = 1e-7  # of the largest gradient of all: less is rounding, as where a bias has no effect


def gradients(sides: Sides) -> Part:
    """By parameter: PyTorch's gradients, ported as the weights are."""
    places = trained(sides)
    if not places:
        return Part("gradients", Verdict.SKIPPED, "no leaf could be followed to a parameter")
    findings: list[str] = []
    count = 0
    with telling(findings, sides, "Of its gradient, "):
        sides.use(PERTURBED)
        given, train = sides.twin.inputs(BATCH, SEED), sides.takes_train
        with sides.twin.restored():
            targets = targets_of(sides, given, 6)
            if not targets:
                return Part("gradients", Verdict.SKIPPED, "the output has no floats")
            theirs = sides.twin.gradients(given, targets, train)
            wide = sides.twin.own(lambda model: sides.twin.gradients(as_double(given), targets, train, model))
        sides.far.send("gradients", theirs)
        expected = sides.far.port("gradients", "expected")
        there = by_mine(sides, targets)
        sides.far.ask("the gradient of forward", "gradients", "variables", places, sides.far.sent(given), there, train)
        apart = sides.far.ask("comparing", "apart", "gradients", "expected")
        count = len(apart)
        findings += _apart(sides, apart, _rounding(theirs, wide), expected)
        findings += tied(sides) if findings else []
        sides.far.ask("", "drop", "gradients", "expected")
    summary = f"{count} leaves, in {'train' if sides.takes_train else 'eval'} mode"
    notes = _left_out(sides, places)
    return Part("gradients", Verdict.WRONG if findings else Verdict.RIGHT, summary, _some(findings), notes)


def _left_out(sides: Sides, places: list[int]) -> list[str]:
    """Leaves of floats whose gradients cannot be PyTorch's, ported."""
    compared = {list(sides.leaves)[i] for i in places}
    buffers = {n.name for n in sides.twin.named if not n.trained}
    paths = [
        leaf.path for leaf in sides.origins if leaf.path not in compared and not (leaf.names and set(leaf.names) <= buffers)
    ]
    left = [path for path in paths if "float" in sides.leaves[path][1]]
    return [f"Not compared, since not filled from parameters alone: {differences.listed(left)}."] if left else []


def _some(findings: list[str]) -> list[str]:
    """The first three and the last."""
    return findings if len(findings) < 5 else [*findings[:3], f"... and {len(findings) - 4} more leaves", findings[-1]]


def _rounding(theirs: Tensors, wide: Tensors | None) -> dict[str, float]:
    """How far PyTorch's own gradients are apart, by name."""
    if not wide:
        return {}
    return {name: float((g.double() - wide[name]).abs().max()) for name, g in theirs.items() if g.numel()}


def _apart(sides: Sides, apart: list[Any], rounding: dict[str, float], about: Any) -> list[str]:
    known = {leaf.path: leaf.names for leaf in sides.origins}
    largest = max((top for _, _, top in apart), default=0.0)
    found = {}
    for path, gap, top in apart:
        own = sum(rounding.get(name, 0.0) for name in known[path])
        bound = FLOOR * top + TIMES * own + FAINT * largest
        if gap > bound:
            found[path] = bound / (1 + top)
    trees = "gradients", "expected"
    labels = {path: f"The gradient in {path}{sides.origin(path)}" for path in sides.in_order(list(found))}
    return [leaf_apart(sides, path, trees, about[path], found[path], label) for path, label in labels.items()]


# --- what is trained, and towards what ---


def trained(sides: Sides) -> list[int]:
    """The places of the leaves that PyTorch trains: filled from its parameters,
    and from nothing else.
    """
    names = {n.name for n in sides.twin.named if n.trained}
    known = {leaf.path: leaf.names for leaf in sides.origins if leaf.whole}
    return [i for i, path in enumerate(sides.leaves) if known.get(path) and set(known[path]) <= names]


def covered(sides: Sides, places: list[int]) -> set[str]:
    """The names of PyTorch's parameters that trained leaves are filled from."""
    paths = list(sides.leaves)
    inside = {paths[i] for i in places}
    names = {name for leaf in sides.origins if leaf.path in inside for name in leaf.names}
    numbers = {n.number for n in sides.twin.named if n.name in names}
    return {n.name for n in sides.twin.named if n.number in numbers and n.trained}


def targets_of(sides: Sides, given: Given, seed: int) -> Tensors:
    """Random numbers for each tensor of floats of the output that the port
    returns.
    """
    with torch.no_grad():
        output = sides.twin.call(given, sides.takes_train)
    draw = torch.Generator().manual_seed(seed)
    wanted = set(sides.pairs.values())
    return {p: torch.randn(x.shape, generator=draw) for p, x in output.items() if x.is_floating_point() and p in wanted}


def by_mine(sides: Sides, tensors: Tensors) -> Tensors:
    """By the port's paths."""
    return {mine: tensors[theirs] for mine, theirs in sides.pairs.items() if theirs in tensors}
