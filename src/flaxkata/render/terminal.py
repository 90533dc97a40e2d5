"""The report in a terminal. Pure functions of the data into rich renderables;
words alone carry the meaning, not colour.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from flaxkata.report import Check, Curve, Exercise, Outcome, Report, State

STATE = {
    State.SOLVED: "solved",
    State.STARTED: "not right yet",
    State.TODO: "to do",
    State.BROKEN: "does not load",
    State.UNGRADED: "not graded",
}
STYLE = {State.SOLVED: "green", State.STARTED: "yellow", State.TODO: "dim", State.BROKEN: "red", State.UNGRADED: "bold red"}
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
    reset: str  # brings a file back that was deleted
    go_on: str = ""  # in watch mode, after a solved exercise


@dataclass(frozen=True)
class Context:
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
    deleted: bool = False  # the learner's own file


def summary(report: Report, contexts: Mapping[str, Context], following: Context | None = None) -> RenderableType:
    """The whole outcome: the exercises, the first failing check explained, what
    to do next.

    `contexts` by exercise id; `following` is that of the next exercise that is
    not solved, if there is one.
    """
    parts: list[RenderableType] = [overview(report, contexts)]
    wrong = [e for e in report.exercises if e.wrong]
    if wrong:
        parts += ["", Rule(style="dim"), failure(wrong[0], contexts[wrong[0].id])]
    elif len(report.exercises) == 1:
        parts += curves(report.exercises[0], contexts[report.exercises[0].id], 2)
    parts += ["", Text(totals(report), "bold")]
    if not wrong:
        parts.append(Text(next_steps(report, contexts, following)))
    return Group(*parts)


def totals(report: Report) -> str:
    """One line, as in `2 of 6 exercises solved, 14 of 32 points. JAX on
    cpu.`.
    """
    count = len(report.exercises)
    noun = "exercise" if count == 1 else "exercises"
    return f"{report.solved} of {count} {noun} solved, {report.score} of {report.max_score} points. JAX on {report.device}."


def next_steps(report: Report, contexts: Mapping[str, Context], following: Context | None) -> str:
    """Where to go when nothing is wrong."""
    solved = [e.id for e in report.exercises if e.state == State.SOLVED]
    done = contexts[solved[0]] if len(solved) == len(report.exercises) == 1 else None
    compare = f"Learned: {done.learned}\nCompare with our answer: {done.solution}\n" if done else ""
    if following is None:
        return f"{compare}Everything is right."
    if done and following.steps.go_on:
        return f"{compare}{following.steps.go_on}"
    if following.deleted:
        return f"{compare}{following.file} was deleted.\n{following.steps.reset} restores the stub."
    begun = next((e for e in report.exercises if e.state == State.STARTED and contexts[e.id] == following), None)
    verb = "Go on with" if solved or begun else "Open"
    return f"{compare}{verb} {following.file}\n{_to_do(begun)}{_replace(following.stubs)} Then: {following.steps.again}"


def _to_do(begun: Exercise | None) -> str:
    """The checks of an exercise that still reach a stub."""
    return "".join(f"  to do: {c.description}\n" for c in begun.checks if c.outcome == Outcome.TODO) if begun else ""


def _replace(lines: list[int]) -> str:
    """The lines to replace, as in `Replace lines 93 and 111, ...`."""
    numbers = ", ".join(map(str, lines[:-1])) + " and " * (len(lines) > 1) + "".join(map(str, lines[-1:]))
    return f"Replace line{'s' * (len(lines) > 1)} {numbers}, `raise NotImplementedError`." if lines else "Write what is to do."


def overview(report: Report, contexts: Mapping[str, Context]) -> Table:
    """One line per exercise, under the name of its chapter."""
    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
    chapter = None
    for e in report.exercises:
        if contexts[e.id].chapter != chapter:
            chapter = contexts[e.id].chapter
            inside = [x for x in report.exercises if contexts[x.id].chapter == chapter]
            solved = sum(x.state == State.SOLVED for x in inside)
            table.add_row(Text(chapter.replace("_", " "), "bold"), "", Text(f"{solved} of {len(inside)} solved", "bold"), "")
        kept = Text("kept" if e.kept else "", "dim")
        state = Text("deleted", "yellow") if contexts[e.id].deleted else _state(e)
        table.add_row(f"  {e.id} {e.slug}", Text(_passed(e), "dim" if e.state == State.TODO else ""), state, kept)
    return table


def _passed(e: Exercise) -> str:
    return f"{sum(c.outcome == Outcome.PASSED for c in e.checks)} of {len(e.checks)} checks"


def _state(e: Exercise) -> Text:
    word = "started" if e.state == State.STARTED and not e.wrong else STATE[e.state]
    return Text(word, STYLE[e.state])


def failure(e: Exercise, context: Context) -> RenderableType:
    """An exercise that is wrong: its failing checks, the first of them
    explained, the mistakes by name, the next step.
    """
    head = Table.grid(expand=True)
    head.add_column()
    head.add_column(justify="right")
    head.add_row(Text(f"{e.id} {e.slug}", "bold"), _passed(e))
    first, *more = e.wrong
    parts: list[RenderableType] = [head, *_first_failure(first, context)]
    if more and all(c.findings == first.findings for c in more):
        parts.append(indent(f"and the same in {len(more)} other check{'s' * (len(more) > 1)}", 2))
        more = []
    shown = {words for f in first.findings for words in (_line(f), _raised(f))}
    for check in more:
        parts += [indent(_sentence(check), 2), *(indent(Text(_again(f, shown)), 6) for f in check.findings[:1])]
    column = 2 if more else 6  # under the one check, or beside them all
    for mistake in e.mistakes:
        parts.append(indent(Text.assemble(mistake.introduction, (mistake.slug, "bold yellow")), column))
        parts += [indent(Text(" ".join(paragraph.split())), column + 2) for paragraph in mistake.text.split("\n\n")]
    if any(c.diverges_at is not None for c in e.curves):
        parts += curves(e, context, column)
    if e.printed.strip():
        parts += [indent("Your code printed:", column), indent(Text(few(e.printed)), column + 2)]
    parts.append(Text(f"  Next: {context.steps.hint}     again: {context.steps.again}", "bold"))
    return Group(*parts)


def _first_failure(check: Check, context: Context) -> list[RenderableType]:
    """The check that is explained: its sentence, the file, and two findings."""
    parts: list[RenderableType] = [indent(_sentence(check), 2), indent(Text(context.file, "cyan"), 6)]
    parts += [indent(Text(finding), 6) for finding in check.findings[:2]]
    if len(check.findings) > 2:
        parts.append(indent(Text(f"and {len(check.findings) - 2} more like these"), 6))
    return parts


def curves(e: Exercise, context: Context, column: int) -> list[RenderableType]:
    """The losses of two training runs, PyTorch's above the learner's, and where
    all are drawn large; wrong ones first.
    """
    shown = ([c for c in e.curves if c.diverges_at is not None] or e.curves)[:SHOWN]
    parts = [line for curve in shown for line in drawn(curve, column)]
    if parts and context.picture:
        rest = len(e.curves) - len(shown)
        more = f", with the curves of {rest} more {'run' if rest == 1 else 'runs'}" if rest else ""
        parts.append(indent(Text(f"Drawn in {context.picture}{more}"), column))
    return parts


def drawn(curve: Curve, column: int) -> list[RenderableType]:
    """The losses of one training run, PyTorch's above the learner's."""
    where = f"differ from step {curve.diverges_at} on" if curve.diverges_at is not None else "agree"
    lines = Table.grid(padding=(0, 2, 0, 0))
    for name, values in (("PyTorch", curve.expected), ("yours", curve.actual)):
        lines.add_row(name, spark(values, *curve.bounds), f"{values[0]:.4g} -> {values[-1]:.4g}")
    return [indent(Text(f"{curve.label}: the curves {where}"), column), indent(lines, column + 2)]


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


def _again(finding: str, shown: set[str]) -> str:
    """The first line of a finding, and no exception twice."""
    line, what = _line(finding), _raised(finding)
    words = "the same" if line in shown else line.replace(what, "the same") if what and what in shown else line
    shown.update((line, what))
    return words


def _sentence(check: Check) -> Table:
    line = Table.grid()  # two columns, so that a long sentence goes on under its beginning
    line.add_row(Text("x ", "bold red"), Text(check.description.rstrip(".")))
    return line


def few(text: str) -> str:
    """The first lines of what a learner's code printed."""
    lines = text.rstrip().splitlines()
    more = [f"... and {len(lines) - PRINTED} lines more"] if len(lines) > PRINTED else []
    return "\n".join([line[:200] for line in lines[:PRINTED]] + more)


def hints(read: list[str], count: int) -> RenderableType:
    """The hints that were read, of `count`."""
    return Group(*(Text.assemble((f"Hint {n} of {count}  ", "bold"), words) for n, words in enumerate(read, 1)))


def indent(what: RenderableType, columns: int) -> Padding:
    """Move something to the right."""
    return Padding(what, (0, 0, 0, columns))
