"""A cohort as one HTML page that needs no network: heat map, commonest
mistakes, a section for each learner.
"""

from flaxkata.cohort_report import Cohort
from flaxkata.render import web
from flaxkata.render.terminal import STATE
from flaxkata.report import Exercise

NAMED = 40  # results in a sentence
SHADES = 5  # of the heat map, by the share of an exercise's points


def html(cohort: Cohort) -> str:
    """The page. All text of learners is escaped, and no script runs."""
    rows = [(learner, {e.id: e for e in learner.exercises}) for learner in cohort.learners]
    lost = [learner for learner in cohort.learners if learner.unrecognized]
    room = max(18, 58 - 3 * len(cohort.outlines))  # rem for a name, of letters that take 0.6 each
    everything = {"cohort": cohort, "rows": rows, "lost": lost, "room": room}
    everything |= {
        "differ": len(cohort.confinements) > 1,
        "some": some,
        "states": STATE,
        "shade": shade,
        "chapters": chapters(cohort),
    }
    return web.environment().get_template("page.html.j2").render(everything)


def some(who: list[str]) -> str:
    """The first of many."""
    return ", ".join(who[:NAMED]) + (f" and {len(who) - NAMED} more" if len(who) > NAMED else "")


def shade(e: Exercise | None) -> str:
    """The class of a cell: `todo`, `ungraded`, or `s0` (no points) to `s4`
    (all).
    """
    if e is None or e.state in ("todo", "ungraded"):
        return str(e.state) if e else "ungraded"
    return f"s{int(e.score / e.max_score * (SHADES - 1)) if e.max_score else 0}"


def chapters(cohort: Cohort) -> list[tuple[str, int]]:
    """The chapters, and how many exercises of each there are, for the head of
    the heat map.
    """
    names = [o.chapter for o in cohort.outlines]
    return [(name.replace("_", " "), names.count(name)) for name in dict.fromkeys(names)]
