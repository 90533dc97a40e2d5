"""The commands of a learner around grading, from `kata init` to `kata
reset`.
"""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.text import Text

from flaxkata import __version__, catalog
from flaxkata.commands.usage import (
    LEARN,
    Device,
    Mistakes,
    Name,
    Names,
    Yes,
    ask,
    chosen,
    fail,
    one,
    own_root,
    root,
    typed,
    use_mistakes,
)
from flaxkata.learner import progress, views
from flaxkata.render import terminal

app = typer.Typer()


@app.command(rich_help_panel=LEARN)
def init(folder: Annotated[Path, typer.Argument(metavar="[DIR]", help="where; by default in this folder")] = Path()) -> None:
    """Lay the exercises in a folder, and little else."""
    from flaxkata.learner import course

    try:
        found = course.lay(folder)
    except course.Occupied:
        fail(f"{folder.absolute()} has exercises already. `kata update` brings new ones, and keeps yours.")
    into = f"{folder}/" if folder != Path() else ""
    print(f"{len(found)} exercises are in {into}exercises/.")
    print(f"Open {into}{views.shown(found[0].stub, found[0].root)}, write the functions, then:")
    print(f"    cd {folder}" * (folder != Path()), f"    kata grade {found[0].number}", sep="\n" * (folder != Path()))


@app.command(rich_help_panel=LEARN)
def update() -> None:
    """After an upgrade: bring new and changed exercises. What you wrote stays,
    with the new text beside it.
    """
    from flaxkata.learner import course

    top = own_root()
    if catalog.is_checkout(top):
        fail(f"{top} is a checkout: `git pull` brings new exercises.")
    changes = course.update(top)
    known = {e.number: e for e in catalog.exercises(top)}
    for words, numbers in (("new", changes.added), ("brought up to date; you had not begun it", changes.replaced)):
        for number in numbers:
            print(f"{number} {known[number].slug}: {words}")
    for number, difference in changes.kept.items():
        place = views.shown(course.beside(known[number]), top)
        print(f"{number} {known[number].slug}: yours stays. The new text is in {place}; what is different in it:\n{difference}")
    for path in changes.gone:
        print(f"exercises/{path}: there is no such exercise any longer; the file stays.")
    if not any((changes.added, changes.replaced, changes.kept, changes.gone)):
        print(f"Nothing to do: the exercises are those of flaxkata {__version__}.")


@app.command(rich_help_panel=LEARN)
def doctor() -> None:
    """What this machine has for the course, and how to mend what is missing.
    Exit code 1 if exercises cannot be graded.
    """
    from flaxkata.learner import doctor as looking

    found = looking.look(root())
    Console(highlight=False).print(views.health([(one.state, one.what, one.mend) for one in found]))
    raise typer.Exit(int(any(one.state == "fail" for one in found)))


@app.command(rich_help_panel=LEARN)
def watch(
    name: Annotated[
        str | None, typer.Argument(metavar="EXERCISE", help="where to begin; by default the next unsolved one")
    ] = None,
    poll: Annotated[bool, typer.Option(help="look for saves every 0.3 s: for network mounts and containers")] = False,
    device: Annotated[Device, typer.Option(help="where JAX computes; never on a different one")] = Device.cpu,
    mistakes: Mistakes = None,
) -> None:
    """Grade an exercise each time that you save it; one key for a hint, the
    next, and so on.
    """
    use_mistakes(mistakes)
    from flaxkata.learner import watch as watching

    top = own_root()
    states = progress.states(top)
    unsolved = (e for e in catalog.exercises(top) if states.get(e.number) != "solved")
    current = one(name) if name else next(unsolved, catalog.exercises(top)[0])
    watching.run(current, str(device), poll)


@app.command("list", rich_help_panel=LEARN)
def list_exercises(names: Names = None) -> None:
    """The exercises in reading order, and how far you are."""
    exercises = chosen(names)
    console = Console(highlight=False)
    console.print(views.listing(exercises, progress.states(exercises[0].root)))
    console.print(Text("States are from the last time each exercise was graded.", "dim"))


@app.command(rich_help_panel=LEARN)
def hint(name: Name) -> None:
    """One more hint each time: the concept, the API, nearly the code."""
    exercise = one(name)
    hints = progress.more_hints(exercise)
    console = Console(highlight=False)
    console.print(terminal.hints(hints, len(exercise.hints)))
    if len(hints) == len(exercise.hints):
        console.print(Text(f"These are all. Our answer: {typed(f'solution {exercise.number}')}", "dim"))


@app.command(rich_help_panel=LEARN)
def solution(name: Name, yes: Yes = False) -> None:
    """Our answer, with comments; asks first while yours is not right."""
    exercise = one(name)
    if progress.states(exercise.root).get(exercise.number) != "solved" and not yes:
        ask(f"{exercise.number} {exercise.slug} is not solved yet. Show our answer anyway?")
    Console(highlight=False).print(*views.solution(exercise), sep="\n")


@app.command(rich_help_panel=LEARN)
def reset(name: Name, yes: Yes = False) -> None:
    """Put an exercise back to its stub; your text is kept."""
    own_root()
    exercise = one(name)
    if exercise.stub.exists():
        if not yes:
            ask(f"Replace {views.shown(exercise.stub, exercise.root)} by the stub? Your text is kept under .kata/backup/.")
        print(f"Your text is kept in {views.shown(progress.back_up(exercise), exercise.root)}")
    progress.write_stub(exercise)
    print(f"{views.shown(exercise.stub, exercise.root)} is the stub again.")
