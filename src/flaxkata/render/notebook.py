"""A verdict below a notebook's cell, as HTML. Its colors are readable on light
and dark paper, and it takes the notebook's own text.
"""

from collections.abc import Mapping, Sequence

from flaxkata.render import terminal, web
from flaxkata.report import Outcome, Report, State

MARKS = {Outcome.PASSED: "\N{CHECK MARK}", Outcome.TODO: "\N{EN DASH}", Outcome.UNGRADED: "?"}  # others are wrong
SHOWN = 2  # findings of one check, and curves, that are open


def verdict(
    report: Report,
    contexts: Mapping[str, terminal.Context],
    following: terminal.Context | None = None,
    notes: Sequence[str] = (),
    complete: bool = True,
) -> str:
    """The verdict on one exercise. `notes` are said before it; it is not
    `complete` while known mistakes are looked for.
    """
    (e,) = report.exercises
    context = contexts[e.id]
    state = "started" if e.state == State.STARTED and not e.wrong else terminal.STATE[e.state]
    curves = [c for c in e.curves if c.diverges_at is not None] or ([] if e.wrong else e.curves)
    help = f"{context.steps.hint}. {_sentence(context.steps.again)}"
    steps = help if e.wrong else terminal.next_steps(report, contexts, following)
    printed = terminal.few(e.printed)
    everything = {"e": e, "state": state, "curves": curves, "printed": printed, "steps": steps.splitlines(), "notes": notes}
    everything |= {"device": report.device, "complete": complete, "marks": MARKS, "shown": SHOWN}
    return _filled(everything)


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."


def words(*lines: str) -> str:
    """A few sentences, as a verdict looks."""
    return _filled({"lines": lines})


def _filled(values: Mapping[str, object]) -> str:
    return web.environment().get_template("notebook.html.j2").render({"lines": None, **values})
