"""Train mode: outputs, batch statistics and dropout."""

from typing import Any

import torch

from flaxkata.judge import differences
from flaxkata.port.forward import first_apart, record, table
from flaxkata.port.reading import Given
from flaxkata.port.sides import FLOOR, Sides, leaf_apart, measured, outputs_differ, telling, torch_outputs
from flaxkata.port.twin import PERTURBED
from flaxkata.port_report import Part, Verdict

BATCH, SEED = 2, 5


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
    trees, about = ("after", "expected"), abouts["expected"]
    found = [leaf_apart(sides, p, trees, about[p], FLOOR, f"{p}{sides.origin(p)}") for p in wrong[:3]]
    return [f"After a step in train mode, {sentence}" for sentence in found]


def _wrong(sides: Sides, expected: str) -> list[str]:
    """The leaves after a step that are not as expected."""
    apart = sides.far.ask("comparing", "apart", "after", expected)
    return sides.in_order([path for path, gap, top in apart if gap > FLOOR * (1 + top)])


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
