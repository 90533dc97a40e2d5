"""What commands share: their options, where they are, and how they refuse."""

import os
import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from rich.console import Console
from rich.progress import BarColumn, ProgressColumn, TextColumn
from rich.text import Text

from flaxkata import catalog, files, report
from flaxkata.exercise import Exercise
from flaxkata.instructor import own_mistakes, single
from flaxkata.learner import progress, views

LEARN, ROOM, INSTRUCTORS, AUTHORS = "Learn", "In a room", "For instructors", "For authors"  # groups of `kata --help`

Names = Annotated[
    list[str] | None, typer.Argument(metavar="[EXERCISE]...", help="number, slug or chapter: 1.3, set_bias, ch01")
]
Name = Annotated[str, typer.Argument(metavar="EXERCISE", help="number or slug: 1.3, set_bias")]
Mistakes = Annotated[
    Path | None,
    typer.Option(
        "--mistakes", metavar="DIR", envvar=catalog.OWN, help="your own folder of mistakes, laid out like tests/mistakes"
    ),
]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="do not ask")]


class Device(StrEnum):
    """Where JAX computes."""

    cpu = "cpu"
    gpu = "gpu"
    tpu = "tpu"


def fail(words: str) -> NoReturn:
    """A usage error, or the grader's own: one sentence, exit code 2."""
    say(words)
    raise typer.Exit(2)


def say(words: str) -> None:
    """A sentence on the error stream."""
    Console(stderr=True, soft_wrap=True, highlight=False).print(Text(report.printable(words)))


def root() -> Path:
    """The folder with the learner's exercises around the working directory."""
    return progress.root_at(Path.cwd())


def own_root() -> Path:
    """The same; a usage error where there are no exercises to write in."""
    return top if (top := root()) != files.user_cache() else no_exercises()


def no_exercises() -> NoReturn:
    """A usage error."""
    fail(f"There are no exercises in {Path.cwd()}. `kata init` lays them there, and `kata init DIR` in a new folder.")


def use_mistakes(folder: Path | None, new: bool = False) -> None:
    """Read an instructor's own mistakes beside ours, in what is started from
    here too; a usage error where they cannot be. A `new` folder need not be
    there.
    """
    if not folder:
        return
    if not (new and not folder.exists()) and (trouble := own_mistakes.trouble(folder, chosen(None))):
        fail(f"--mistakes: {trouble}.")
    os.environ[catalog.OWN] = str(folder.absolute())


def chosen(names: list[str] | None) -> list[Exercise]:
    """The exercises of these names, by default all; a usage error for an
    unknown one. A learner's own file stands for its exercise.
    """
    try:
        return catalog.select(root(), [own_file(name) or name for name in names or []])
    except catalog.UnknownExercise as error:
        fail(str(error))


def own_file(name: str) -> str:
    """The number of the exercise whose file is at this path, or the chapter
    whose folder is; else nothing.
    """
    path = Path(name).resolve()
    if path.is_dir():
        return path.name if path.parent == (root() / "exercises").resolve() else ""
    e = single.exercise_of(path, root())
    return e.number if e and path == e.stub.resolve() else ""


def one(name: str) -> Exercise:
    """The exercise of this name; a usage error for a chapter."""
    exercises = chosen([name])
    if len(exercises) > 1:
        fail(f"{name!r} is a chapter; name one exercise: {', '.join(e.number for e in exercises)}.")
    return exercises[0]


def typed(command: str, session: str = "kata") -> str:
    """How to type a command again: as a nox session under nox, else as `kata`
    on the path.
    """
    if "NOX_CURRENT_SESSION" not in os.environ:
        return f"kata {command}"
    return f"nox -s {session} -- {command.removeprefix('grade ') if session != 'kata' else command}"


def need_folder(option: str, file: Path | None) -> None:
    """A usage error where a file is to be written into a folder that is not
    there.
    """
    if file and not file.absolute().parent.is_dir():
        fail(f"{option} {file}: there is no folder {file.parent}.")


def columns(noun: str) -> list[ProgressColumn]:
    """What a progress bar shows; it counts `noun`s."""
    return [TextColumn("{task.description:24}"), BarColumn(), TextColumn("{task.completed} of {task.total} " + noun)]


def ask(question: str) -> None:
    """Go on after a yes. Exit code 1 for a no; 2 where nobody can be asked."""
    if not sys.stdin.isatty():
        fail(f"{question} There is no terminal to ask in; --yes answers yes.")
    typer.confirm(question, abort=True)


def from_here(path: Path) -> str:
    """A path as it is typed in the working directory."""
    return views.shown(path.absolute(), Path.cwd())
