"""The report in a terminal. Pure functions of the data into rich renderables;
words alone carry the meaning, not colour.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from flaxkata.report import Check, Exercise, Report

STATE = {"solved": "solved", "started": "not right yet", "todo": "to do", "broken": "does not load"}
STYLE = {"solved": "green", "started": "yellow", "todo": "dim", "broken": "red"}
BARS = "▁▂▃▄▅▆▇█"
PRINTED = 12  # lines of a learner's prints that are shown
SHOWN = 2  # training runs that are drawn in bars; the picture has them all


@dataclass(frozen=True)
class Steps:
    """What to do next, as one does it where one is: in a shell, or in watch
    mode.
    """

    hint: str
    again: str
    go_on: str = ""  # in watch mode, after a solved exercise


@dataclass(frozen=True)
class Place:
    """What the report does not know of an exercise: its chapter, its files,
    what it teaches, what to do next.
    """

    chapter: str
    file: str
    solution: str
    picture: str  # where the loss curves are drawn, if there are any
    learned: str
    steps: Steps
    stubs: list[int]  # the lines of its file that are still `raise NotImplementedError`


def summary(
    report: Report, places: Mapping[str, Place], advice: Callable[[str, str], str], then: Place | None = None
) -> RenderableType:
    """The whole outcome: the exercises, the first failing check explained, what
    to do next.

    `places` by exercise id; `advice(id, mistake)` is what a known mistake's
    docstring says; `then` is the place of the next exercise that is not solved,
    if there is one.
    """
    parts: list[RenderableType] = [overview(report, places)]
    wrong = [e for e in report.exercises if e.wrong]
    if wrong:
        place = places[wrong[0].id]
        parts += ["", Rule(style="dim"), failure(wrong[0], place, {m: advice(wrong[0].id, m) for m in wrong[0].mistakes})]
    elif len(report.exercises) == 1:
        parts += curves(report.exercises[0], places[report.exercises[0].id], 2)
    parts += ["", Text(totals(report), "bold")]
    if not wrong:
        parts.append(Text(following(report, places, then)))
    return Group(*parts)


def totals(report: Report) -> str:
    """`2 of 6 exercises solved, 14 of 32 points, on cpu`"""
    count = len(report.exercises)
    noun = "exercise" if count == 1 else "exercises"
    return f"{report.solved} of {count} {noun} solved, {report.score} of {report.max_score} points. JAX on {report.device}."


def following(report: Report, places: Mapping[str, Place], then: Place | None) -> str:
    """Where to go when nothing is wrong."""
    solved = [e.id for e in report.exercises if e.state == "solved"]
    done = places[solved[0]] if len(solved) == len(report.exercises) == 1 else None
    compare = f"Learned: {done.learned}\nCompare with our answer: {done.solution}\n" if done else ""
    if then is None:
        return f"{compare}Everything is right."
    if done and then.steps.go_on:
        return f"{compare}{then.steps.go_on}"
    begun = next((e for e in report.exercises if e.state == "started" and places[e.id] == then), None)
    verb = "Go on with" if solved or begun else "Open"
    open_checks = "".join(f"  to do: {c.says}\n" for c in begun.checks if c.outcome == "todo") if begun else ""
    return f"{compare}{verb} {then.file}\n{open_checks}{_replace(then.stubs)} Then: {then.steps.again}"


def _replace(lines: list[int]) -> str:
    """`Replace line 93, ...` or `Replace lines 93 and 111, ...`"""
    numbers = ", ".join(map(str, lines[:-1])) + " and " * (len(lines) > 1) + "".join(map(str, lines[-1:]))
    return f"Replace line{'s' * (len(lines) > 1)} {numbers}, `raise NotImplementedError`." if lines else "Write what is to do."


def overview(report: Report, places: Mapping[str, Place]) -> Table:
    """One line an exercise, under the name of its chapter."""
    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
    chapter = None
    for e in report.exercises:
        if places[e.id].chapter != chapter:
            chapter = places[e.id].chapter
            inside = [x for x in report.exercises if places[x.id].chapter == chapter]
            solved = sum(x.state == "solved" for x in inside)
            table.add_row(Text(chapter.replace("_", " "), "bold"), "", Text(f"{solved} of {len(inside)} solved", "bold"))
        right = sum(c.outcome == "passed" for c in e.checks)
        checks = f"{right} of {len(e.checks)} checks"
        word = "started" if e.state == "started" and not e.wrong else STATE[e.state]
        table.add_row(f"  {e.id} {e.slug}", Text(checks, "dim" if e.state == "todo" else ""), Text(word, STYLE[e.state]))
    return table


def failure(e: Exercise, place: Place, advice: Mapping[str, str]) -> RenderableType:
    """An exercise that is wrong: its failing checks, the first of them
    explained, the mistake by name, the next step.
    """
    right = sum(c.outcome == "passed" for c in e.checks)
    head = Table.grid(expand=True)
    head.add_column()
    head.add_column(justify="right")
    head.add_row(Text(f"{e.id} {e.slug}", "bold"), f"{right} of {len(e.checks)} checks")
    first, *more = e.wrong
    parts: list[RenderableType] = [head, indent(_says(first), 2), indent(Text(place.file, "cyan"), 6)]
    for finding in first.findings[:2]:
        parts.append(indent(Text(finding), 6))
    if len(first.findings) > 2:
        parts.append(indent(Text(f"and {len(first.findings) - 2} more like these"), 6))
    if more and all(c.findings == first.findings for c in more):
        parts.append(indent(f"and the same in {len(more)} other check{'s' * (len(more) > 1)}", 2))
        more = []
    told = {words for f in first.findings for words in (_line(f), _raised(f))}
    for check in more:
        parts += [indent(_says(check), 2), *(indent(Text(_again(f, told)), 6) for f in check.findings[:1])]
    column = 2 if more else 6  # under the one check, or beside them all
    for name, words in advice.items():
        parts.append(indent(Text.assemble("This is a known mistake: ", (name, "bold yellow")), column))
        parts += [indent(Text(" ".join(paragraph.split())), column + 2) for paragraph in words.split("\n\n")]
    if any(c.parts is not None for c in e.curves):
        parts += curves(e, place, column)
    if e.printed.strip():
        parts += [indent("Your code printed:", column), indent(Text(_few(e.printed)), column + 2)]
    parts.append(Text(f"  Next: {place.steps.hint}     again: {place.steps.again}", "bold"))
    return Group(*parts)


def curves(e: Exercise, place: Place, column: int) -> list[RenderableType]:
    """The losses of two training runs, PyTorch's above the learner's, and where
    all are drawn large; wrong ones first.
    """
    shown = ([c for c in e.curves if c.parts is not None] or e.curves)[:SHOWN]
    parts: list[RenderableType] = []
    for curve in shown:
        where = f"part at step {curve.parts}" if curve.parts is not None else "agree"
        lines = Table.grid(padding=(0, 2, 0, 0))
        for name, values in (("PyTorch", curve.theirs), ("yours", curve.mine)):
            lines.add_row(name, spark(values, *curve.bounds), f"{values[0]:.4g} -> {values[-1]:.4g}")
        parts += [indent(Text(f"{curve.label}: the curves {where}"), column), indent(lines, column + 2)]
    if parts and place.picture:
        rest = len(e.curves) - len(shown)
        more = f", with the curves of {rest} more {'run' if rest == 1 else 'runs'}" if rest else ""
        parts.append(indent(Text(f"Drawn in {place.picture}{more}"), column))
    return parts


def spark(values: Sequence[float], low: float, high: float) -> str:
    """At most 40 bars, evenly strided; `!` for what is not finite, the highest
    bar for what lies above `high`.
    """
    some = values[:: -(-len(values) // 40)]
    share = [(min(v, high) - low) / ((high - low) or 1) if math.isfinite(v) else -1 for v in some]
    height = [int(s * (len(BARS) - 1) + 0.5) if s >= 0 else -1 for s in share]
    return "".join(BARS[h] if h >= 0 else "!" for h in height)


def _line(finding: str) -> str:
    return finding.partition("\n")[0]


def _raised(finding: str) -> str:
    """The exception that a finding tells of, if it does."""
    return _line(finding).partition("` raised ")[2]


def _again(finding: str, told: set[str]) -> str:
    """The first line of a finding, and no exception twice."""
    line, what = _line(finding), _raised(finding)
    words = "the same" if line in told else line.replace(what, "the same") if what and what in told else line
    told.update((line, what))
    return words


def _says(check: Check) -> Table:
    line = Table.grid()  # two columns, so that a long sentence goes on under its beginning
    line.add_row(Text("x ", "bold red"), Text(check.says.rstrip(".")))
    return line


def _few(text: str) -> str:
    lines = text.rstrip().splitlines()
    more = [f"... and {len(lines) - PRINTED} lines more"] if len(lines) > PRINTED else []
    return "\n".join([line[:200] for line in lines[:PRINTED]] + more)


def hints(read: list[str], count: int) -> RenderableType:
    """The hints that were read, of `count`."""
    return Group(*(Text.assemble((f"Hint {n} of {count}  ", "bold"), words) for n, words in enumerate(read, 1)))


def indent(what: RenderableType, columns: int) -> Padding:
    return Padding(what, (0, 0, 0, columns))
