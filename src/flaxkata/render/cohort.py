"""A cohort in the terminal: one line per learner, the commonest mistakes, what
confined their code.
"""

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from flaxkata.report import Cohort, Learner, Mistake, Outline, State, one_line, printable

NAMED = 4  # learners beside a mistake
MISTAKES = 10


def summary(cohort: Cohort, files: str) -> RenderableType:
    """The whole outcome; `files` is where the other outputs are."""
    parts: list[RenderableType] = [overview(cohort)]
    if made := cohort.mistakes():
        parts += ["", Text("Commonest mistakes", "bold"), _mistakes(made)]
        if len(made) > MISTAKES:
            parts.append(Text(f"  and {len(made) - MISTAKES} more, in cohort.html", "dim"))
    parts += ["", Text(f"JAX on {cohort.device}. Each learner's code:")]
    parts += [
        Text(f"  {line}")
        for line in cohort.protections or ["runs in a process of its own, and nothing else confines it on this system"]
    ]
    if cohort.other:
        parts.append(Text(f"No submissions: {printable(', '.join(cohort.other[:10]))}", "dim"))
    return Group(*parts, Text(files))


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
    for learner in cohort.learners:
        table.add_row(
            Text(one_line(learner.name)),
            *(_solved(cohort, learner, c) for c in chapters),
            f"{learner.score}/{learner.max_score}",
        )
    return table


def _solved(cohort: Cohort, learner: Learner, chapter: str) -> str:
    ids = {o.id for o in cohort.outlines if o.chapter == chapter}
    return f"{sum(e.state == 'solved' for e in learner.exercises if e.id in ids)}/{len(ids)}"


def _mistakes(made: list[tuple[Outline, Mistake, list[str]]]) -> Table:
    table = Table.grid(padding=(0, 2, 0, 0))
    for outline, mistake, who in made[:MISTAKES]:
        names = ", ".join(map(one_line, who[:NAMED])) + (f" and {len(who) - NAMED} more" if len(who) > NAMED else "")
        table.add_row(f"  {len(who)}", f"{outline.id}", Text(mistake.slug, "bold yellow"), Text(names))
    return table
