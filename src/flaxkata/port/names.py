"""Which names of the state_dict `port` used, and what it filled with them: told
from values, since each tensor is sent with its number written all over it.
"""

from collections import Counter
from collections.abc import Iterable
from math import prod
from typing import Any

import torch

from flaxkata.judge import differences
from flaxkata.port.reading import Tensors
from flaxkata.port.sides import Sides, telling
from flaxkata.port.twin import MADE, Named
from flaxkata.port_report import Leaf, Part, Verdict

CHANGED = 1e-6  # of the largest value of an output


def names(sides: Sides) -> Part:
    """Names that were not used, leaves that were not filled, and how tensors
    were arranged.
    """
    findings: list[str] = []
    with telling(findings, sides):
        sides.use(MADE)
        if not sides.leaves:
            findings.append("port(state_dict) returned no arrays. Is a `return` missing?")
    if findings:
        return Part("names", Verdict.WRONG, "port(state_dict) gave no variables", findings)
    with telling(findings, sides):  # a port that computes with the values may not bear the numbers
        traced = sides.far.ask("port(state_dict)", "traced", _tensors(sides.twin.named))
        return _told(sides, traced)
    return Part("names", Verdict.SKIPPED, "port(state_dict) needs real weights: names could not be followed", notes=findings)


def _tensors(named: list[Named]) -> list[list[Any]]:
    return [[n.name, n.dtype, list(n.shape), n.number] for n in named if n.dtype != "bool"]


def _told(sides: Sides, traced: list[list[Any]]) -> Part:
    named = sides.twin.named
    sides.origins = [_leaf(sides, path, numbers, others) for path, numbers, others in traced]
    told = {name for leaf in sides.origins if leaf.whole for name in leaf.names}  # of others it may be a coincidence
    used = {n.number for n in named if n.name in told}
    unused = [n for n in named if n.number not in used and n.dtype != "bool"]
    filled = [leaf for leaf in sides.origins if leaf.names]
    bare = [leaf.path for leaf in sides.origins if not leaf.names and _is_float(sides, leaf.path)]
    mixed = any(leaf.names and not leaf.whole for leaf in sides.origins)
    reached = {n.name: _reached(sides, n) for n in unused if bare or mixed}
    unused = [n for n in unused if not reached.get(n.name)]
    computed = {path for paths in reached.values() for path in paths} & set(bare)
    fixed = [path for path in bare if path not in computed]
    counted = [n for n in unused if _counts(sides, n)]
    findings = [_unused(counted, fixed)] if counted else []
    free = [n for n in unused if n not in counted]
    notes = [*_not_needed(free), *_partly(sides, named), *tied(sides), *odd(sides)]
    if computed:
        sources = _listed([f"`{name}`" for name, paths in reached.items() if computed & set(paths)])
        notes.append(f"Computed from {sources}, by more than rearranging: {_listed(sorted(computed))}.")
    if fixed and not counted:
        notes.append(f"Filled with values that are not in the state_dict: {_listed(fixed)}.")
    summary = f"{len(named) - len(unused)} of {len(named)} names used, {len(filled)} of {len(sides.origins)} leaves filled"
    return Part("names", Verdict.WRONG if findings else Verdict.RIGHT, summary, findings, notes, leaves=sides.origins)


def _leaf(sides: Sides, path: str, numbers: list[int], others: bool) -> Leaf:
    shape = list(sides.leaves[path][0]) if path in sides.leaves else []
    groups = [next(n for n in sides.twin.named if n.number == number) for number in numbers]
    how = ""
    if len(groups) == 1 and not others:
        how = sides.far.ask("port(state_dict)", "arrangement", "variables", path, "state", groups[0].name)
        if not how and prod(shape) == prod(groups[0].shape):
            return Leaf(path, shape, [])  # computed from values that only look like the number of a tensor
    return Leaf(path, shape, [g.name for g in groups], how, not others)


def _is_float(sides: Sides, path: str) -> bool:
    return "float" in sides.leaves.get(path, ((), ""))[1]


def _reached(sides: Sides, one: Named) -> list[str]:
    """The leaves that another value of a tensor changes, as where a norm is
    folded into a kernel.
    """
    kept = sides.twin.state()[one.name].clone()
    other = kept * 1.5 + 1
    alike = [n.name for n in sides.twin.named if n.number == one.number]
    sides.far.send("state", dict.fromkeys(alike, other.to(kept.dtype)))
    sides.far.port("state", "changed")
    sides.far.send("state", dict.fromkeys(alike, kept))
    return [path for path, apart, _ in sides.far.ask("comparing", "apart", "changed", "variables") if apart]


def _counts(sides: Sides, one: Named) -> bool:
    """Whether another value of a tensor changes what PyTorch computes."""
    if not one.parameter and one.name not in sides.twin.statistics:
        return False  # a mask, positions, a count: a port may make its own
    given = sides.twin.inputs(2, 0)
    with torch.no_grad():
        before = sides.twin.call(given)
        sides.twin.change(one.name)
        after = sides.twin.call(given)
    sides.twin.use(MADE)
    return _differ(before, after)


def _differ(before: Tensors, after: Tensors) -> bool:
    pairs = [(before[path].float(), after[path].float()) for path in before]
    return any(bool(((a - b).abs() > CHANGED * a.abs().max()).any()) for a, b in pairs if a.numel())


def _unused(counted: list[Named], bare: list[str]) -> str:
    names = [f"`{n.name}` {n.shape}" for n in counted]
    verb = "is" if len(names) == 1 else "are"
    words = f"port(state_dict) does not use {_listed(names)}: other values there change what PyTorch computes, and no leaf"
    words += f" of the variables. Find where {'it' if len(names) == 1 else 'each of them'} {verb} left out."
    return words + (f" Not filled from any name: {_listed(bare)}." if bare else "")


def _not_needed(free: list[Named]) -> list[str]:
    return [f"Not used, and not needed: {_listed([f'`{n.name}`' for n in free])}."] if free else []


def _partly(sides: Sides, named: list[Named]) -> list[str]:
    """Tensors whose values do not all arrive, as far as leaves come from one
    tensor.
    """
    arrived: Counter[str] = Counter()
    mixed = {name for leaf in sides.origins if len(leaf.names) > 1 for name in leaf.names}
    for leaf in sides.origins:
        if len(leaf.names) == 1:
            arrived[leaf.names[0]] += prod(leaf.shape)
    short = [n for n in named if 0 < arrived[n.name] < prod(n.shape) and n.name not in mixed]
    return [f"Of `{n.name}` {n.shape}, {arrived[n.name]:,} of {prod(n.shape):,} values arrive." for n in short]


def tied(sides: Sides) -> list[str]:
    """Tensors that PyTorch has under two names, and the port in two leaves."""
    alike: dict[int, list[str]] = {}
    for n in sides.twin.named:
        alike.setdefault(n.number, []).append(n.name)
    notes = []
    for shared in alike.values():
        places = [leaf.path for leaf in sides.origins if leaf.names == shared[:1]]
        if len(shared) > 1 and len(places) > 1:
            words = " and ".join(f"`{n}`" for n in shared)
            notes.append(f"{words} are one tensor in PyTorch; here they are {len(places)} leaves: {_listed(places)}.")
    return notes


def odd(sides: Sides) -> list[str]:
    """Tensors that arrive in another order of axes than most of their kind."""
    kinds = {n.name: (n.kind, n.name.rpartition(".")[2], len(n.shape)) for n in sides.twin.named}
    groups: dict[Any, list[Leaf]] = {}
    for leaf in sides.origins:
        if len(leaf.names) == 1 and leaf.arrangement and kinds[leaf.names[0]][2] > 1:
            groups.setdefault(kinds[leaf.names[0]], []).append(leaf)
    notes = []
    for (kind, _, _), leaves in groups.items():
        counts = Counter(leaf.arrangement for leaf in leaves)
        usual, count = counts.most_common(1)[0]
        rest = [leaf for leaf in leaves if leaf.arrangement != usual]
        if rest and count > len(rest):
            some = _listed([f"`{leaf.names[0]}` {leaf.arrangement}" for leaf in rest])
            notes.append(f"Looks transposed or permuted: {some}. Of the {kind}s, {count} of {len(leaves)} arrive {usual}.")
    return notes + _kernels(sides, kinds)


def _kernels(sides: Sides, kinds: dict[str, Any]) -> list[str]:
    """Flax's kernels of Linears are (in, out)."""
    found = [
        leaf
        for leaf in sides.origins
        if leaf.path.endswith("kernel")
        and leaf.arrangement == "as it is"
        and len(leaf.shape) == 2
        and kinds[leaf.names[0]][0] == "Linear"
    ]
    names = [f"`{leaf.names[0]}`" for leaf in found]
    return [f"A Linear's weight is (out, in), a Flax kernel (in, out): {_listed(names)} arrives as it is."] if names else []


def _listed(items: Iterable[str]) -> str:
    return differences.listed(list(items))
