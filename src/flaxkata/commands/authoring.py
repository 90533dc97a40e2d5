"""The exercises in other forms: stubs, and notebooks."""

from pathlib import Path
from typing import Annotated

import typer

from flaxkata import catalog, files, stubs
from flaxkata.commands.usage import AUTHORS, LEARN, Names, chosen, fail, from_here, own_root, root
from flaxkata.exercise import Exercise
from flaxkata.learner import progress, views

app = typer.Typer()


@app.command("stubs", rich_help_panel=AUTHORS)
def write_stubs(
    names: Names = None, check: Annotated[bool, typer.Option(help="only say which differ; exit 1 if any does")] = False
) -> None:
    """Cut exercises/ from solutions/. What differed is kept under
    .kata/backup/.
    """
    if not catalog.is_checkout(root()):
        fail("Stubs are cut in a checkout of the kit. `kata reset EXERCISE` brings back one stub.")
    exercises = chosen(names)
    different = [e for e in exercises if not e.stub.exists() or e.stub.read_text("utf-8") != stubs.cut(e)]
    for e in different:
        kept = f" (the old text is in {views.shown(progress.back_up(e), e.root)})" if e.stub.exists() and not check else ""
        if not check:
            progress.write_stub(e)
        print(f"{views.shown(e.stub, e.root)} {'differs from' if check else 'is cut from'} its solution{kept}")
    if not different:
        print(f"All {len(exercises)} stubs are what is cut from the solutions.")
    raise typer.Exit(int(check and bool(different)))


@app.command("notebook", rich_help_panel=LEARN)
def write_notebook(
    name: Annotated[str | None, typer.Argument(metavar="[EXERCISE|CHAPTER]", help="by default one for each chapter")] = None,
    out: Annotated[Path | None, typer.Option(metavar="DIR", help="where; by default in notebooks/")] = None,
    solved: Annotated[bool, typer.Option(help="with our answers, for instructors")] = False,
    taken: Annotated[Path | None, typer.Option("--from", metavar="FILE", help="write its answers into exercises/")] = None,
    check: Annotated[bool, typer.Option(help="only say which differ; exit 1 if any does")] = False,
) -> None:
    """Write the exercises as notebooks, or a notebook's answers into the
    exercises' files.
    """
    from flaxkata.learner import notebooks

    if taken:
        return _take(taken, chosen([name] if name else None))
    exercises = chosen([name] if name else None)
    known = root() != files.user_cache()
    folder = out or (root() if known else Path()) / notebooks.FOLDER
    new = notebooks.texts(exercises, name is not None, solved)
    if check:
        different = notebooks.differing(new, folder)
        print(*(f"{from_here(path)} differs from the exercises" for path in different), sep="\n", end="\n" * bool(different))
        raise typer.Exit(int(bool(different)))
    for path, kept in notebooks.write(new, folder, exercises[0]).items():
        print(f"{from_here(path)} is written" + (f"; what was there is in {from_here(kept)}" if kept else ""))
    print(f"Open them in JupyterLab, from {from_here(folder)}: the first is {next(iter(new))}.")


def _take(file: Path, exercises: list[Exercise]) -> None:
    """Write a notebook's answers into the learner's files."""
    from flaxkata.learner import notebooks
    from flaxkata.notebook import reader

    if not file.is_file():
        fail(f"There is no {file}.")
    own_root()
    try:
        found = notebooks.take(file, exercises)
    except reader.Unreadable as error:
        fail(f"{file} {error}.")
    places = {e.number: from_here(e.stub) for e in exercises}
    for number, kept in found.written.items():
        print(f"{number}: {places[number]} is written" + (f"; your text is kept in {from_here(kept)}" if kept else ""))
    for numbers, words in ((found.same, "the file has this answer already"), (found.untouched, "not begun in the notebook")):
        print(*(f"{number}: {words}" for number in numbers), sep="\n", end="\n" * bool(numbers))
    for words in found.passed_over:
        print(words)
    if not any((found.written, found.same, found.untouched)):
        fail(f"{file} has no cell that begins with `%%kata` and an exercise.")
