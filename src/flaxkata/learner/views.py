"""What a command or watch mode shows of an exercise: the report with the paths,
texts and next steps that belong to it.
"""

import contextlib
from collections.abc import Callable, Mapping
from pathlib import Path

from rich.console import Group, RenderableType
from rich.syntax import Syntax
from rich.table import Table
from rich.text import Text

from flaxkata import python_files, report
from flaxkata.exercise import Exercise
from flaxkata.render import terminal


def shown(path: Path, top: Path) -> str:
    """A path as one would type it in the kit's folder."""
    return path.relative_to(top).as_posix() if path.is_relative_to(top) else str(path)


def verdict(
    result: report.Report,
    exercises: list[Exercise],
    folder: Path,
    following: Exercise | None,
    steps: Callable[[Exercise], terminal.Steps],
    sources: Mapping[str, str] = {},
) -> RenderableType:
    """A run's report. `exercises` are those of the report; `following` is the
    next to solve; `steps` says what to do next; `sources` where files came
    from, by exercise number.
    """

    def context(e: Exercise) -> terminal.Context:
        file, picture = (shown(p, e.root) for p in (e.submitted(folder), _picture(e)))
        solution = shown(e.solution, e.root) if e.course == e.root else f"kata solution {e.number}"
        stubs = _stubs(e.submitted(folder))
        file = sources.get(e.number, file)
        deleted = folder == e.root / "exercises" and not e.stub.exists()
        return terminal.Context(e.chapter, file, solution, picture, e.learned, steps(e), stubs, deleted)

    contexts = {e.number: context(e) for e in [*exercises, *([following] if following else [])]}
    return terminal.summary(result, contexts, contexts[following.number] if following else None)


def listing(exercises: list[Exercise], states: Mapping[str, str], current: Exercise | None = None) -> RenderableType:
    """The exercises in reading order, with what each builds on; the `current`
    one is marked.
    """
    table = Table(box=None, pad_edge=False, header_style="dim", padding=(0, 2, 0, 0))
    for name in ("exercise", "state", "time"):
        table.add_column(name, no_wrap=True)
    table.add_column("what it teaches")
    table.add_column("after", max_width=9, style="dim")
    chapter = None
    for e in exercises:
        if e.chapter != chapter:
            chapter = e.chapter
            table.add_row(Text(chapter.replace("_", " "), "bold"))
        state = report.State(states.get(e.number, report.State.TODO))
        word = Text(terminal.STATE[state], terminal.STYLE[state])
        mark, style = ("> ", "bold") if e == current else ("  ", "")
        table.add_row(f"{mark}{e.number} {e.slug}", word, f"{e.minutes} min", e.title, ", ".join(e.after), style=style)
    left = sum(e.minutes or 0 for e in exercises if states.get(e.number) != "solved")
    return Group(
        table, Text(f"About {_hours(sum(e.minutes or 0 for e in exercises))} in all, {_hours(left)} of them still to do.")
    )


def health(found: list[tuple[str, str, str]]) -> RenderableType:
    """What was looked at: its state, what was seen, and how to mend it."""
    table, styles = Table(box=None, pad_edge=False, show_header=False), {"OK": "green", "warn": "yellow", "fail": "red"}
    for state, what, mend in found:
        table.add_row(Text(state, styles[state]), Group(what, *([Text(f"  {mend}", "cyan")] if mend else [])))
    return table


def _hours(minutes: int) -> str:
    """`45 minutes`, and above an hour and a half `3.5 hours`, to the half
    hour.
    """
    return f"{minutes} minutes" if minutes <= 90 else f"{round(minutes / 30) / 2:g} hours"


def solution(exercise: Exercise) -> list[RenderableType]:
    """Our answer, without the PyTorch section."""
    text = python_files.blank(exercise.solution.read_text("utf-8"), python_files.PYTORCH)
    code = text[text.index(python_files.JAX) :] if python_files.JAX in text else text
    name = Text(shown(exercise.solution, exercise.course), "cyan")
    return [name, Syntax(code, "python", background_color="default", word_wrap=True)]


def _stubs(path: Path) -> list[int]:
    """The numbers of the lines that a learner has yet to replace; none where
    the file cannot be read.
    """
    with contextlib.suppress(python_files.NoText):
        lines = enumerate(python_files.read_source(path).splitlines(), 1)
        return [n for n, line in lines if line.lstrip().startswith("raise NotImplementedError")]
    return []


def _picture(exercise: Exercise) -> Path:
    return exercise.root / ".kata" / "curves" / f"{exercise.number}_{exercise.slug}.png"


def draw(exercise: Exercise, result: report.Exercise) -> None:
    """The loss curves of this run, or no picture of an older one."""
    from flaxkata.render import picture

    with contextlib.suppress(OSError):  # a read-only checkout can still be graded
        _picture(exercise).unlink(missing_ok=True)
        if result.curves:
            picture.draw(result, _picture(exercise))
