"""A cohort in the terminal: files that were not recognized, one line per
learner, the commonest mistakes, those without a name, what confined their code.
"""

from rich.console import Group, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from flaxkata.cohort_report import Cohort, Learner, Outline
from flaxkata.report import Mistake, State, one_line, printable

NAMED = 4  # learners beside a mistake
MISTAKES = 10
GROUPS = 5  # of wrong answers without a name
UNCONFINED = "runs in a process of its own, and nothing else confines it on this system"
FILES = 4  # beside a learner of whom some were not recognized


def summary(cohort: Cohort, files: str, naming: str) -> RenderableType:
    """The whole outcome; `files` is where the other outputs are, `naming` the
    command that names what has no name.
    """
    lost = [one for one in cohort.learners if one.unrecognized]
    parts: list[RenderableType] = [unrecognized(lost), ""] if lost else []
    parts.append(overview(cohort))
    if made := cohort.mistakes():
        parts += ["", Text("Commonest mistakes", "bold"), _mistakes(made)]
        if len(made) > MISTAKES:
            parts.append(Text(f"  and {len(made) - MISTAKES} more, in cohort.html", "dim"))
    if cohort.unnamed:
        parts += ["", *_unnamed(cohort, naming)]
    parts += ["", Text(f"JAX on {cohort.device}. {_whose(cohort)}")]
    for n, (protections, who) in enumerate(cohort.confinements or [([], [])]):
        parts += [Text(f"The code of {_some(who)}:")] if n else []
        parts += [Text(f"  {line}") for line in protections or [UNCONFINED]]
    for call, who in cohort.refused.items():
        parts.append(Text(f"  was refused {call}: {_some(who)}"))
    if cohort.other:
        parts.append(Text(f"No submissions: {printable(', '.join(cohort.other[:10]))}", "dim"))
    if chosen := sum(bool(one.choices) for one in cohort.learners):
        parts.append(Text(f"{_learners(chosen)} handed in several files for one exercise; cohort.html says which were taken."))
    if lost:
        parts.append(Text(f"{_learners(len(lost))} handed in files that were not recognized: see the top.", "bold red"))
    return Group(*parts, Text(files))


def _whose(cohort: Cohort) -> str:
    """Whose code the first protections are around."""
    first, others = len(cohort.confinements[0][1]) if cohort.confinements else 0, cohort.confinements[1:]
    return f"The code of {first} results, graded where most were:" if others else "Each learner's code:"


def unrecognized(lost: list[Learner]) -> Panel:
    """Learners with files that may be answers and were not taken."""
    table = Table.grid(padding=(0, 2, 0, 0))
    for one in lost:
        more = len(one.unrecognized) - FILES
        names = [*one.unrecognized[:FILES], *([f"and {more} more, in cohort.html"] if more > 0 else [])]
        table.add_row(Text(one_line(one.name), "bold"), Text(printable("\n".join(names))))
    advice = "Name files as in exercises/, then run the same command again: exercises/ch01_parameters/ex01_define_mlp.py"
    return Panel(Group(table, "", Text(advice)), title="Not recognized, so not graded", border_style="bold red")


def _learners(count: int) -> str:
    return f"{count} learner{'s' * (count > 1)}"


def overview(cohort: Cohort) -> Table:
    """Solved exercises by chapter, and points. Chapters that nobody began are
    left out.
    """
    begun = {e.id for one in cohort.learners for e in one.exercises if e.state != State.TODO}
    chapters = list(dict.fromkeys(o.chapter for o in cohort.outlines if o.id in begun))
    table = Table(box=None, pad_edge=False, header_style="dim", padding=(0, 2, 0, 0))
    table.add_column("learner", overflow="fold")
    for chapter in chapters:
        table.add_column(chapter.split("_")[0], justify="right", no_wrap=True)
    table.add_column("points", justify="right", no_wrap=True)
    table.add_column("", no_wrap=True)
    for learner in cohort.learners:
        table.add_row(
            Text(one_line(learner.name)),
            *(_solved(cohort, learner, c) for c in chapters),
            f"{learner.score}/{learner.max_score}",
            Text(_missing(learner), "bold red"),
        )
    return table


def _missing(learner: Learner) -> str:
    """What could not be graded."""
    found = learner.ungraded
    return f"{', '.join(found) if len(found) <= 3 else len(found)} not graded" if found else ""


def _solved(cohort: Cohort, learner: Learner, chapter: str) -> str:
    ids = {o.id for o in cohort.outlines if o.chapter == chapter}
    return f"{sum(e.state == 'solved' for e in learner.exercises if e.id in ids)}/{len(ids)}"


def _mistakes(made: list[tuple[Outline, Mistake, list[str]]]) -> Table:
    table = Table.grid(padding=(0, 2, 0, 0))
    for outline, mistake, who in made[:MISTAKES]:
        table.add_row(f"  {len(who)}", f"{outline.id}", Text(mistake.slug, "bold yellow"), Text(_some(who)))
    return table


def _unnamed(cohort: Cohort, naming: str) -> list[RenderableType]:
    """Wrong answers that did the same, and how to give that a name."""
    several = [group for group in cohort.unnamed if not group.alone]
    table = Table.grid(padding=(0, 2, 0, 0))
    for group in several[:GROUPS]:
        says = Group(Text(one_line(group.checks[0].description)), Text(_some(list(group.files)), "dim"))
        table.add_row(f"  {len(group.files)}", group.outline.id, f"group {group.number}", says)
    alone = len(cohort.unnamed) - len(several)
    rest = [f"{len(several) - GROUPS} more groups, in cohort.html"] if len(several) > GROUPS else []
    rest += [f"{alone} answer{'s' * (alone > 1)} like no other, in unnamed.csv"] if alone else []
    first = cohort.unnamed[0]
    return [
        Text("Wrong in the same way, and no name yet", "bold"),
        *([table] if several else []),
        *([Text(f"  {'and ' * bool(several)}{' and '.join(rest)}", "dim")] if rest else []),
        Text(f"  Look at one, and give it a name: {naming} {first.outline.id} {first.number}"),
    ]


def _some(who: list[str]) -> str:
    return ", ".join(map(one_line, who[:NAMED])) + (f" and {len(who) - NAMED} more" if len(who) > NAMED else "")
