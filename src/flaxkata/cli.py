"""The `kata` command. nox sessions are thin callers of it.

Exit codes: 0 all that was attempted is right, 1 something attempted is wrong, 2
a usage error or the grader's own.
"""

import codecs
import errno
import io
import sys
import unicodedata
from pathlib import Path
from typing import Annotated

import typer

from flaxkata import __version__, catalog
from flaxkata.commands import authoring, cohorts, course, grading, naming, ports, rooms
from flaxkata.commands.usage import LEARN, say
from flaxkata.render import terminal

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
for group in (course, grading, cohorts, naming, rooms, authoring):
    app.add_typer(group.app)
app.add_typer(ports.app, name="port", rich_help_panel=LEARN)

UNWRITABLE = (errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOSPC, errno.EDQUOT)


def main() -> None:
    """The `kata` program, on a terminal or pipe of any encoding. A checkout
    that is read-only, or a full disk, is told here for all that writes.
    """
    codecs.register_error("alike", _alike)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="alike")
    try:
        app(prog_name="kata")
    except OSError as error:
        if error.errno not in UNWRITABLE:
            raise
        say(f"Stopped: {error.filename or 'a file'} cannot be read or written: {error.strerror}.")
        sys.exit(2)


def _alike(error: UnicodeError) -> tuple[str, int]:
    """Characters like those that an encoding lacks: for bars and boxes, a
    letter without its accent, else `?`.
    """
    assert isinstance(error, UnicodeEncodeError)
    drawn = str.maketrans(f"{terminal.BARS}─━╸╺│╭╮╰╯", "_.-~=+*#----|++++")
    text = error.object[error.start : error.end].translate(drawn)
    return "".join(first if (first := unicodedata.normalize("NFKD", c)[0]).isascii() else "?" for c in text), error.end


@app.callback(invoke_without_command=True)
def kata(
    context: typer.Context,
    version: Annotated[bool, typer.Option("--version", help="print the version, and nothing else")] = False,
) -> None:
    """Exercises that teach JAX and Flax to people who know PyTorch."""
    if version:
        print(f"flaxkata {__version__}")
        raise typer.Exit
    if context.invoked_subcommand:
        return
    try:
        catalog.find_root(Path.cwd())
    except catalog.NoCourse:
        if sys.stdin.isatty() and typer.confirm(f"Lay the exercises in {Path.cwd()}?", default=True):
            return course.init(Path())
        print("There are no exercises in this folder; `kata init` lays them here.\n")
    print(context.get_help())
