"""Train mode: batch statistics, dropout, gradients by parameter, and some steps
of training.
"""

from typing import Any

import torch

from flaxkata.judge import curves, differences
from flaxkata.judge.differences import Expectation
from flaxkata.port.forward import first_apart, record, table
from flaxkata.port.names import tied
from flaxkata.port.sides import (
    FLOOR,
    TIMES,
    Sides,
    measured,
    outputs_differ,
    telling,
    torch_outputs,
)
from flaxkata.port.twin import PERTURBED, Given, Tensors, as_double
from flaxkata.port_report import Part, Verdict
from flaxkata.report import Curve

BATCH, SEED = 2, 5
FAINT = 1e-7  # of the largest gradient of all: less is rounding, as where a bias has no effect
STEP = 3e-3  # of the parameters' norm: the first step of SGD
ADAMW = 1e-3
DRIFT = 1e-4  # of a loss: the tolerance of curves


def train_mode(sides: Sides) -> Part:
    """Outputs, statistics and dropout."""
    if not sides.takes_train:
        return Part("train mode", Verdict.SKIPPED, "`forward` takes no `train`", notes=_other_in_training(sides))
    findings: list[str] = []
    notes: list[str] = []
    seen: list[Any] = []
    tables: list[Any] = []
    with telling(findings, sides, "In train mode, "):
        sides.use(PERTURBED)
        given = sides.twin.inputs(BATCH, SEED)
        with sides.twin.restored():
            outputs = torch_outputs(sides, given, True)
            mine = sides.far.run(given, True)
            found, seen = outputs_differ(sides, mine, outputs, "The output of forward(..., train=True)")
        if found:
            with sides.twin.restored():
                recorded = record(sides, given, True)
            tables.append(table(recorded, "train mode"))
            findings += [first_apart(sides, recorded, "In train mode: ") or f"In train mode: {found.finding}"]
        findings += _statistics(sides, given, notes)
        findings += [] if found else _randomness(sides, given)
    summary = "differs" if findings else f"outputs, {len(sides.twin.statistics)} statistics; {measured(seen)}"
    return Part("train mode", Verdict.WRONG if findings else Verdict.RIGHT, summary, findings, notes, tables=tables)


def _other_in_training(sides: Sides) -> list[str]:
    """What is said where PyTorch computes something else in train mode."""
    sides.use(PERTURBED)
    given = sides.twin.inputs(BATCH, SEED)
    with sides.twin.restored(), torch.no_grad():
        there, here = sides.twin.call(given, True), sides.twin.call(given)
    if all(torch.equal(there[path], here[path]) for path in here if path in there):
        return []
    return ["PyTorch's output is another one in train mode; yours is compared in eval mode alone."]


BIASED = "biased variance"
FLAX = (
    "Flax's BatchNorm stores the variance divided by n, PyTorch divided by n - 1: that is all that differs in {}. "
    "A BatchNorm of your own can store PyTorch's (exercise 5.2 is about it)."
)


def _statistics(sides: Sides, given: Given, notes: list[str]) -> list[str]:
    """The batch statistics after one step, in the port's own layout."""
    if not sides.twin.statistics:
        return []
    before = {name: sides.twin.state()[name].clone() for name in sides.twin.statistics}
    after, biased = sides.twin.after_a_step(given)
    abouts = {}
    for tree, values in (("expected", after), ("biased", biased)):
        sides.far.send("state", values)
        abouts[tree] = sides.far.port("state", tree)
    sides.far.send("state", before)
    sides.far.run(given, True)
    wrong = _wrong(sides, "expected")
    if not wrong:
        return []
    if not _wrong(sides, "biased"):
        words = FLAX.format(differences.listed(wrong))
        accepted = BIASED in sides.far.accepted
        notes += [words] if accepted else []
        more = f" Or take it as it is: `ACCEPTED = [{BIASED!r}]` in the JAX section."
        return [] if accepted else [words + more]
    unmoved = {path for path, apart, _ in sides.far.ask("comparing", "apart", "after", "variables") if not apart}
    if unmoved >= set(wrong):
        words = f"forward(..., train=True) returned no new statistics: {differences.listed(wrong)} are as before. "
        return [words + "In train mode it must return two things: the output, and the variables with new batch statistics."]
    words = "after a step in train mode"
    return [_leaf_apart(sides, path, "after", "expected", abouts["expected"], FLOOR, words) for path in wrong[:3]]


def _wrong(sides: Sides, expected: str) -> list[str]:
    """The leaves after a step that are not as expected."""
    apart = sides.far.ask("comparing", "apart", "after", expected)
    return sides.in_order([path for path, gap, top in apart if gap > FLOOR * (1 + top)])


def _leaf_apart(sides: Sides, path: str, mine: str, theirs: str, about: Any, tolerance: float, words: str) -> str:
    a, b = (sides.far.leaf(tree, path, about[path]) for tree in (mine, theirs))
    found = differences.leaf(f"{path}{sides.origin(path)}", (), a, b, Expectation(tolerance))
    sentence = found.finding or f"{path}{sides.origin(path)} differs from PyTorch."
    return f"{words[:1].upper()}{words[1:]}, {sentence}"


def _randomness(sides: Sides, given: Given) -> list[str]:
    """Where PyTorch drops at random, so must the port, by its key."""
    with sides.twin.restored(), torch.no_grad():
        one, other = (sides.twin.call(given, True, seed=seed, drop=True) for seed in (1, 2))
    if all(torch.equal(one[path], other[path]) for path in one) or "forward" not in sides.far.functions:
        return []
    if "key" not in sides.far.takes:
        words = "PyTorch's output in train mode is random, as dropout makes it; `forward` takes no `key`, so yours cannot be."
        return [words] if sides.far.ask("reading the variables", "is_plain", "variables") else []
    results = []
    for seed in (1, 2):
        about = sides.far.run(given, True, seed, kept=False)
        results.append([sides.far.array(path, about[path]).value for path in about])
    if all((a == b).all() for a, b in zip(*results, strict=True)):
        return ["forward(..., train=True, key=key) gives the same output for two keys: no dropout is drawn from `key`."]
    return []


# --- gradients ---


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
            targets = _targets(sides, given, 6)
            if not targets:
                return Part("gradients", Verdict.SKIPPED, "the output has no floats")
            theirs = sides.twin.gradients(given, targets, train)
            wide = sides.twin.own(lambda model: sides.twin.gradients(as_double(given), targets, train, model))
        sides.far.send("gradients", theirs)
        expected = sides.far.port("gradients", "expected")
        there = _by_mine(sides, targets)
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


def _targets(sides: Sides, given: Given, seed: int) -> Tensors:
    """Random numbers for each tensor of floats of the output that the port
    returns.
    """
    with torch.no_grad():
        output = sides.twin.call(given, sides.takes_train)
    draw = torch.Generator().manual_seed(seed)
    wanted = set(sides.pairs.values())
    return {p: torch.randn(x.shape, generator=draw) for p, x in output.items() if x.is_floating_point() and p in wanted}


def _by_mine(sides: Sides, tensors: Tensors) -> Tensors:
    """By the port's paths."""
    return {mine: tensors[theirs] for mine, theirs in sides.pairs.items() if theirs in tensors}


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
    return [_gradient(sides, path, found[path], about) for path in sides.in_order(list(found))]


def _gradient(sides: Sides, path: str, tolerance: float, about: Any) -> str:
    a, b = (sides.far.leaf(tree, path, about[path]) for tree in ("gradients", "expected"))
    found = differences.leaf(f"The gradient in {path}{sides.origin(path)}", (), a, b, Expectation(tolerance))
    return found.finding or f"The gradient in {path}{sides.origin(path)} differs from PyTorch."


# --- training ---


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
    given = sides.twin.inputs(BATCH, 10)
    with sides.twin.restored():
        targets = _targets(sides, given, 10)
    rate = ADAMW if name == "AdamW" else _rate(sides, given, targets)
    there = sides.far.sent(given), _by_mine(sides, targets)
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
