"""What commands share: where they are, and how they refuse."""

from pathlib import Path
from typing import NoReturn

import typer
from rich.console import Console
from rich.text import Text

from flaxkata import files, report
from flaxkata.learner import progress


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
