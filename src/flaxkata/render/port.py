"""The check of a port in a terminal. Words alone carry the meaning, not
colour.
"""

from rich.console import Group, RenderableType
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from flaxkata.port_report import Part, Port, Verdict
from flaxkata.render.terminal import drawn, indent
from flaxkata.report import printable

STYLE = {Verdict.RIGHT: "green", Verdict.WRONG: "bold red", Verdict.SKIPPED: "dim"}
PRINTED = 12  # lines of the user's prints that are shown


def summary(port: Port, again: str) -> RenderableType:
    """The parts, the first wrong one explained, what is worth knowing, and what
    to do next; `again` is how to check again.
    """
    parts: list[RenderableType] = [Text(heading(port), "bold"), overview(port)]
    for i, part in enumerate(port.wrong):
        parts += ["", Rule(style="dim")] if not i else []
        parts += _wrong(part, i == 0)
    notes = [(part.name, note) for part in port.parts for note in part.notes]
    if notes:
        parts += ["", Text("Worth knowing:")]
        parts += [indent(Text(printable(f"{name}: {note}"), "dim"), 2) for name, note in notes]
    if port.printed.strip():
        parts += ["", Text("Your code printed:"), indent(Text(_few(port.printed)), 2)]
    return Group(*parts, "", Text(conclusion(port, again), "bold"))


def heading(port: Port) -> str:
    """What was compared, and where."""
    size = f"{port.parameters:,} parameters in {port.tensors} tensors"
    return f'{port.file}: {port.model}, {size}. JAX on {port.device}, matmul precision "highest".'


def overview(port: Port) -> Table:
    """One line per part."""
    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
    for part in port.parts:
        seconds = f"{part.seconds:.1f} s" if part.seconds else ""
        verdict = Text(part.verdict, STYLE[part.verdict])
        table.add_row(f"  {part.name}", verdict, Text(printable(part.summary)), Text(seconds, "dim"))
    return table


def _wrong(part: Part, first: bool) -> list[RenderableType]:
    parts: list[RenderableType] = [Text.assemble(("x ", "bold red"), part.name)]
    shown = part.findings if first else part.findings[:1]
    parts += [indent(Text(printable(words if first else words.partition("\n")[0])), 4) for words in shown]
    for curve in part.curves if first else []:
        parts += drawn(curve, 4)
    return parts


def _few(text: str) -> str:
    lines = printable(text).rstrip().splitlines()
    more = [f"... and {len(lines) - PRINTED} lines more"] if len(lines) > PRINTED else []
    return "\n".join([line[:200] for line in lines[:PRINTED]] + more)


def conclusion(port: Port, again: str) -> str:
    """The verdict, and one next step."""
    took = f"{port.seconds:.0f} s" + (f", {port.memory[0]:,} MB for PyTorch, {port.memory[1]:,} for JAX" if port.memory else "")
    if not port.right:
        return f"The port differs from PyTorch in {port.wrong[0].name}. ({took})\nMend that first. Then: {again}"
    compared = [part for part in port.parts if part.verdict == Verdict.RIGHT]
    return (
        f"The port is right in {len(compared)} of {len(port.parts)} parts; the others were not compared. ({took})"
        if len(compared) < len(port.parts)
        else f"The port is right. ({took})"
    )
