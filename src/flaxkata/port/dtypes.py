"""The model in bfloat16 on both sides: which dtypes come out, layer by layer,
and how far apart the values are.
"""

import copy
from typing import Any

import torch

from flaxkata.port.forward import Recorded, first_apart, pair_up, table
from flaxkata.port.reading import Given, as_double, cast
from flaxkata.port.sides import Outputs, Sides, measured, outputs_differ, telling
from flaxkata.port.twin import PERTURBED
from flaxkata.port_report import Part, Verdict

FLOOR, TIMES = 2e-2, 4.0  # bfloat16 has 8 bits: one rounding is 4e-3


def dtypes(sides: Sides) -> Part:
    """In bfloat16."""
    findings: list[str] = []
    if "bfloat16" not in sides.far.dtypes:
        return Part("dtypes", Verdict.SKIPPED, "DTYPES has no bfloat16")
    sides.use(PERTURBED)
    given = cast(sides.twin.inputs(2, 7), torch.bfloat16)
    try:
        model = copy.deepcopy(sides.twin.model).bfloat16()
        with torch.no_grad():
            theirs = sides.twin.call(given, model=model)
    except Exception as error:
        return Part("dtypes", Verdict.SKIPPED, f"PyTorch's model does not compute in bfloat16: {error}"[:200])
    seen: list[Any] = []
    tables: list[Any] = []
    notes: list[str] = []
    with telling(findings, sides, "In bfloat16, "):
        sides.far.send("bfloat16", dict(_state(model)))
        leaves = sides.far.port("bfloat16", "narrow")
        wide = copy.deepcopy(model).double()
        outputs = Outputs(theirs, sides.twin.own(lambda _: sides.twin.call(as_double(given), model=wide)))
        mine = sides.far.run(given, False, tree="narrow")
        found, seen = outputs_differ(sides, mine, outputs, "The output of forward(...) in bfloat16", FLOOR, TIMES)
        notes = _widened(sides, leaves)
        if found:
            recorded = _recorded(sides, given, model, wide)
            tables.append(table(recorded, "in bfloat16"))
            findings += [_first_dtype(recorded) or first_apart(sides, recorded, "In bfloat16: ") or found.finding]
            findings += notes
    sides.far.ask("", "drop", "bfloat16", "narrow")
    summary = "differ in bfloat16" if findings else f"float32, and bfloat16: {measured(seen)}"
    return Part(
        "dtypes", Verdict.WRONG if findings else Verdict.RIGHT, summary, findings, notes * (not findings), tables=tables
    )


def _state(model: torch.nn.Module) -> Any:
    return ((name, x.detach()) for name, x in model.state_dict().items() if isinstance(x, torch.Tensor))


def _widened(sides: Sides, leaves: Any) -> list[str]:
    """Leaves that are filled from floats, and have another dtype."""
    known = {leaf.path: leaf.names for leaf in sides.origins}
    found = [f"{path} is {dtype}{sides.origin(path)}" for path, (_, dtype) in leaves.items() if known.get(path)]
    wrong = [words for words in found if " is bfloat16" not in words and " is float" in words]
    more = f" and {len(wrong) - 3} more" if len(wrong) > 3 else ""
    return [f"`port` was given bfloat16, and made another dtype of it: {'; '.join(wrong[:3])}{more}."] if wrong else []


def _recorded(sides: Sides, given: Given, model: torch.nn.Module, wide: torch.nn.Module) -> Recorded:
    theirs = sides.twin.activations(given, False, model)
    widely = sides.twin.own(lambda _: sides.twin.activations(as_double(given), False, wide))
    return pair_up(sides, theirs, widely, sides.far.record(given, False, "narrow"), FLOOR, TIMES)


def _first_dtype(recorded: Recorded) -> str:
    """The first activation whose dtype is not PyTorch's."""
    for i, name in enumerate(recorded.mine):
        mine, theirs = recorded.mine[name].dtype, str(recorded.theirs[name].dtype).removeprefix("torch.")
        if mine != theirs:
            before = f"the {i} before it have PyTorch's dtype" if i else "no layer comes before it"
            return f"In bfloat16: activations['{name}'] has dtype {mine}; PyTorch has {theirs}. It is the first; {before}."
    return ""
