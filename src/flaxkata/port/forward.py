"""What `forward` computes: outputs under several settings, and the activations
on the way there.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from flaxkata import wire
from flaxkata.judge import activations as layers
from flaxkata.judge.trees import as_numpy
from flaxkata.port import matching
from flaxkata.port.reading import Given, Tensors, as_double
from flaxkata.port.sides import (
    FLOOR,
    TIMES,
    Setting,
    Sides,
    bound_of,
    expectation,
    measured,
    outputs_differ,
    own_error,
    relative,
    shown,
    telling,
    torch_outputs,
)
from flaxkata.port.twin import MADE, PERTURBED, SMALL
from flaxkata.port_report import Layer, Part, Table, Verdict
from flaxkata.report import Comparison

SETTINGS = (
    Setting(MADE, 2, 0),
    Setting(PERTURBED, 2, 1),
    Setting(PERTURBED, 3, 2),
    Setting(PERTURBED, 1, 3),
    Setting(SMALL, 2, 4),
)
EPSILON = "With larger activations it agrees: compare the epsilon of the norms here."
TABLES = (SETTINGS[1], SETTINGS[4])


@dataclass(frozen=True)
class Recorded:
    """The activations of one setting: PyTorch's, in float64 too, and the port's
    by PyTorch's names; and the names that have no partner.
    """

    theirs: Tensors
    wide: Tensors | None
    mine: dict[str, wire.Array]
    unmatched: list[str]
    others: dict[str, wire.Array]
    called: dict[str, str]  # the port's names by PyTorch's
    floor: float
    times: float

    def own(self, name: str) -> float | None:
        return own_error(self.theirs[name], self.wide.get(name) if self.wide else None)

    def bound(self, name: str) -> float:
        return bound_of(self.own(name), self.floor, self.times)


def forward(sides: Sides) -> list[Part]:
    """The parts "activations" and "outputs"."""
    findings: list[str] = []
    seen: list[tuple[float, float | None]] = []
    failed: Setting | None = None
    done = [s for s in SETTINGS if sides.twin.batched or s.batch == 2]
    for setting in done:
        with telling(findings, sides, f"With {setting}, "):
            found, apart = _outputs(sides, setting)
            seen += apart
            if found:
                findings.append(f"With {setting}: {found.finding}")
                failed = setting
        if findings:
            break
    if findings and not failed:
        findings += _outside_jit(sides, setting)
        return [Part("activations", Verdict.SKIPPED, "forward raised"), Part("outputs", Verdict.WRONG, "raised", findings)]
    activations = _activations(sides, [failed] if failed else list(TABLES), bool(failed))
    if failed and activations.verdict != Verdict.WRONG:
        findings.append(_last(activations))
    summary = f"differ with {failed}" if failed else f"{len(done)} settings, {measured(seen)}"
    more = [f"Not returned by yours: {shown(sides.missing)}."] if sides.missing and not failed else []
    return [activations, Part("outputs", Verdict.WRONG if findings else Verdict.RIGHT, summary, findings, more)]


def _outside_jit(sides: Sides, setting: Setting) -> list[str]:
    """What is said of code that runs, and not under jax.jit."""
    raised: list[str] = []
    with telling(raised, sides):
        sides.far.record(sides.twin.inputs(setting.batch, setting.seed), False)
    return [] if raised else ["Without `jax.jit` it raises no error."]


def _outputs(sides: Sides, setting: Setting) -> Any:
    sides.use(setting.weights)
    given = sides.twin.inputs(setting.batch, setting.seed)
    outputs = torch_outputs(sides, given)
    return outputs_differ(sides, sides.far.run(given, False), outputs, "The output of forward(...)")


def _last(activations: Part) -> str:
    """Where to look when outputs differ and no activation does."""
    agreeing = [layer for table in activations.tables for layer in table.layers if layer.agrees]
    if agreeing:
        return f"All {len(agreeing)} activations that both sides name agree; look after `{agreeing[-1].name}`."
    if activations.notes:
        return "No activation has the same name on both sides, so nothing says where it parts: see NAMES below."
    words = "Nothing says where it parts: let `activations(variables, ...)` return what is computed on the way, "
    return words + "in a dict with the names that PyTorch's modules have."


# --- activations ---


def _activations(sides: Sides, settings: list[Setting], wrong: bool) -> Part:
    """`wrong` is whether the outputs differ: else what differs on the way there
    is a matter of names.
    """
    findings: list[str] = []
    notes: list[str] = []
    tables: list[Table] = []
    matched = count = 0
    for setting in settings:
        with telling(notes, sides):
            sides.use(setting.weights)
            recorded = record(sides, sides.twin.inputs(setting.batch, setting.seed))
            matched, count = len(recorded.mine), len(recorded.theirs)
            tables.append(table(recorded, str(setting)))
            found = first_apart(sides, recorded, f"With {setting}: ")
            (findings if wrong else notes).extend([found] if found else [])
            notes += [n for n in _suggestions(recorded) if n not in notes]
    if not wrong and notes and any("first that differs" in n for n in notes):
        notes.append("The outputs agree all the same: the two names may stand for different places.")
    summary = f"{matched} of PyTorch's {count} have a partner by name"
    if findings:
        summary = f"{findings[0].partition('[')[2].partition(']')[0]} is the first that differs"
    elif not matched:
        return Part("activations", Verdict.SKIPPED, "no name on both sides", [], notes, tables=tables)
    return Part("activations", Verdict.WRONG if findings else Verdict.RIGHT, summary, findings, notes, tables=tables)


def record(sides: Sides, given: Given, train: bool = False, floor: float = FLOOR, times: float = TIMES) -> Recorded:
    """The activations of both sides."""
    theirs = sides.twin.activations(given, train)
    wide = sides.twin.own(lambda model: sides.twin.activations(as_double(given), train, model))
    return pair_up(sides, theirs, wide, sides.far.record(given, train), floor, times)


def pair_up(sides: Sides, theirs: Tensors, wide: Tensors | None, about: dict[str, Any], floor: float, times: float) -> Recorded:
    """Fetch what has a partner, and what may be one's."""
    called = matching.matched(theirs, about, sides.far.names)
    fetched = {name: sides.far.array(other, about[other]) for name, other in called.items()}
    mine = {name: matching.laid_out(array, as_numpy(theirs[name])) for name, array in fetched.items()}
    unmatched = [name for name in theirs if name not in called]
    sizes = {theirs[name].numel() for name in unmatched}
    left = [name for name in about if name not in called.values() and int(np.prod(about[name][0])) in sizes]
    others = {name: sides.far.array(name, about[name]) for name in left}
    return Recorded(theirs, wide, mine, unmatched, others, called, floor, times)


def _suggestions(recorded: Recorded) -> list[str]:
    theirs = {name: as_numpy(recorded.theirs[name]) for name in recorded.unmatched}
    pairs = matching.suggested(theirs, recorded.others, recorded.bound)
    if not pairs:
        return []
    return [f"These have the same values; with this in the JAX section they are compared:\n{matching.pasted(pairs)}"]


def first_apart(sides: Sides, recorded: Recorded, begin: str) -> str:
    """What is said of the first activation that differs, or nothing."""
    found = compared(recorded)
    if found.outcome == "equal":
        return ""
    name = found.label.partition("['")[2].removesuffix("']")
    more = [
        *_between(recorded, name),
        *_filled(sides, name),
        *([EPSILON] if (sides.weights, found.outcome) == (SMALL, "value") else []),
    ]
    return "\n".join([begin + found.finding, *more])


def compared(recorded: Recorded) -> Comparison:
    """The activations that both name, in PyTorch's order."""
    wanted = lambda name: expectation(recorded.bound(name), recorded.theirs[name])  # noqa: E731
    return layers.compared(recorded.mine, recorded.theirs, "activations", wanted)


def _between(recorded: Recorded, name: str) -> list[str]:
    """What PyTorch computes between the last that agrees and this one, and the
    port does not name.
    """
    order = list(recorded.theirs)
    at, names = order.index(name), list(recorded.mine)
    before = names.index(name)
    start = order.index(names[before - 1]) + 1 if before else 0
    silent = [other for other in order[start:at] if other in recorded.unmatched]
    return [f"Between them PyTorch computes {shown(dict.fromkeys(silent))}, which yours does not name."] if silent else []


def _filled(sides: Sides, name: str) -> list[str]:
    """How a module's own weights arrived."""
    own = [leaf for leaf in sides.origins if any(n.rpartition(".")[0] == name for n in leaf.names)]
    words = [f"{leaf.path}{sides.origin(leaf.path)}" for leaf in own]
    return [f"Its weights: {'; '.join(words[:4])}."] if words else []


def table(recorded: Recorded, setting: str) -> Table:
    """All activations that both name."""
    return Table(setting, [_layer(recorded, name) for name in recorded.mine])


def _layer(recorded: Recorded, name: str) -> Layer:
    a, b = as_numpy(recorded.mine[name]), as_numpy(recorded.theirs[name])
    apart = relative(a, b) if a.shape == b.shape else float("inf")
    own, bound = recorded.own(name), recorded.bound(name)
    mine, theirs = ([float(x.mean()), float(x.std())] if x.size else [] for x in (a, b))
    return Layer(name, recorded.called[name], list(b.shape), mine, theirs, apart, own, bound, apart <= bound)
