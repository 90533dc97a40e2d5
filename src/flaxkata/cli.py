"""The `kata` command. nox sessions are thin callers of it.

Exit codes: 0 all that was attempted is right, 1 something attempted is wrong, 2 a usage error or the grader's own.
"""

import ast
import contextlib
import json
import os
import shutil
import sys
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn
from rich.syntax import Syntax
from rich.table import Table
from rich.text import Text

from flaxkata import catalog, nursery, remote, report, stubs
from flaxkata.render import terminal

if TYPE_CHECKING:
    from flaxkata.plugin import Judge

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)

Names = Annotated[
    list[str] | None, typer.Argument(metavar="[EXERCISE]...", help="number, slug or chapter: 1.3, set_bias, ch01")
]
Name = Annotated[str, typer.Argument(metavar="EXERCISE", help="number or slug: 1.3, set_bias")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="do not ask")]


class Device(StrEnum):
    cpu = "cpu"
    gpu = "gpu"
    tpu = "tpu"


def main() -> None:
    app(prog_name="kata")


def fail(words: str) -> NoReturn:
    """A usage error, or the grader's own: one sentence, exit code 2."""
    Console(stderr=True, soft_wrap=True, highlight=False).print(Text(words))
    raise typer.Exit(2)


def root() -> Path:
    try:
        return catalog.find_root(Path.cwd())
    except FileNotFoundError as error:
        fail(f"{error}.")


def chosen(names: list[str] | None) -> list[catalog.Exercise]:
    try:
        return catalog.select(root(), names or [])
    except catalog.UnknownExercise as error:
        fail(str(error))


def one(name: str) -> catalog.Exercise:
    exercises = chosen([name])
    if len(exercises) > 1:
        fail(f"{name!r} is a chapter; name one exercise: {', '.join(e.number for e in exercises)}.")
    return exercises[0]


def shown(path: Path, top: Path) -> str:
    """A path as one would type it in the kit's folder."""
    return path.relative_to(top).as_posix() if path.is_relative_to(top) else str(path)


def typed(command: str, session: str = "kata") -> str:
    """How to type a command again: as a nox session under nox, else as `kata` on the path."""
    if "NOX_CURRENT_SESSION" not in os.environ:
        return f"kata {command}"
    return f"nox -s {session} -- {command.removeprefix('grade ') if session != 'kata' else command}"


@app.command()
def grade(
    names: Names = None,
    submission: Annotated[Path | None, typer.Option(help="folder laid out like exercises/, or one exercise's file")] = None,
    json_file: Annotated[Path | None, typer.Option("--json", metavar="FILE", help="also write the report there")] = None,
    strict: Annotated[bool, typer.Option(help="count what is still to do as wrong")] = False,
    here: Annotated[bool, typer.Option(help="run your code in this process, so that breakpoint() works")] = False,
    limit: Annotated[float, typer.Option(help="seconds that one exercise may take", min=0.1)] = remote.LIMIT,
    device: Annotated[Device, typer.Option(help="where JAX computes; never another")] = Device.cpu,
) -> None:
    """Grade exercises: your JAX beside live PyTorch."""
    exercises = chosen(names)
    top = exercises[0].root
    folder = (submission or top / "exercises").absolute()
    if not folder.exists():
        fail(f"There is no {submission}; --submission takes a folder laid out like exercises/, or one file.")
    if folder.is_file() and len(exercises) != 1:
        fail(f"{submission} is one file; say which exercise it answers, as in: kata grade 1.3 --submission {submission}")
    if json_file and not json_file.absolute().parent.is_dir():
        fail(f"--json {json_file}: there is no folder {json_file.parent}.")
    console = Console(highlight=False)
    if device != Device.cpu:
        try:
            remote.device_name(device, top)
        except (remote.NoDevice, nursery.NurseryGone) as error:
            fail(str(error))
    elif not here:
        nursery.start(device, top)  # JAX is imported next door while PyTorch is imported here
    result = _graded(exercises, folder, top, console, remote.How(str(device), limit, here))
    if json_file:
        json_file.write_text(json.dumps(report.to_json(result), indent=1) + "\n", "utf-8")
    own = folder == top / "exercises"
    states = {e.id: e.state for e in result.exercises}
    states = _remember(top, states) if own else states
    options = "" if own else f" --submission {submission}"
    session = "grade" if device == Device.cpu else f"grade_{device}"

    def place(e: catalog.Exercise) -> terminal.Place:
        again, more = typed(f"grade {e.number}{options}", session), typed(f"hint {e.number}")
        file, answer, picture = (shown(p, top) for p in (e.submitted(folder), e.solution, _picture(e)))
        return terminal.Place(e.chapter, file, again, more, answer, picture)

    for e in exercises:
        _draw(e, next(r for r in result.exercises if r.id == e.number))
    places = {e.number: place(e) for e in (catalog.exercises(top) if own else exercises)}
    nearest = [e.id for e in result.exercises] + list(places)  # what was just graded, then what comes next
    then = next((places[number] for number in nearest if states.get(number) != "solved"), None)
    by_id = {e.number: e for e in exercises}
    console.print(terminal.summary(result, places, lambda number, slug: by_id[number].advice(slug), then))
    raise typer.Exit(result.exit_code(strict))


def _graded(exercises: list[catalog.Exercise], folder: Path, top: Path, console: Console, how: remote.How) -> report.Report:
    from flaxkata import diagnose  # NumPy, and pytest-check: 0.2 s that `kata list` need not wait
    from flaxkata import grade as grading

    columns = [TextColumn("{task.description:24}"), BarColumn(), TextColumn("{task.completed} of {task.total} checks")]
    try:
        with Progress(*columns, console=console, transient=True, disable=how.here or not console.is_interactive) as progress:
            task = progress.add_task("starting", total=sum(map(checks_in, exercises)))

            def step(place: str, check: report.Check) -> None:
                progress.update(task, advance=1, description=place.split("/")[1])

            def judged(judge: "Judge") -> report.Report:
                graded = grading.run(judge, exercises, folder, how, step)
                progress.update(task, description="looking for known mistakes")
                return diagnose.explain(judge, graded, folder, how)

            result = grading.judging(exercises, how, judged)
    except (grading.GraderFailed, nursery.NurseryGone) as error:
        fail(f"The grader itself failed; nothing was graded. This is a defect of the kit, not of your code.\n{error}")
    except KeyboardInterrupt:
        fail("Stopped. Nothing was saved.")
    return report.Report(result.device, shown(folder, top), result.exercises)


def checks_in(exercise: catalog.Exercise) -> int:
    """How many checks an exercise has, from the text of its tests."""
    tree = ast.parse(exercise.tests.read_text("utf-8"))
    return sum(isinstance(node, ast.FunctionDef) and node.name.startswith("test_") for node in tree.body)


# --- what is remembered between commands, under .kata/ ---


def _remember(top: Path, states: dict[str, str]) -> dict[str, str]:
    """The states of all exercises, with these new ones among them."""
    states = _remembered(top) | states
    _write_json(top / ".kata" / "states.json", states)
    return states


def _remembered(top: Path) -> dict[str, str]:
    """The state of each exercise when it was last graded."""
    return _read_json(top / ".kata" / "states.json")


def _read_json(path: Path) -> dict:
    try:
        return json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return {}


def _write_json(path: Path, data: dict) -> None:
    try:
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps(data), "utf-8")
    except OSError:
        pass  # a read-only checkout can still be graded


def _picture(exercise: catalog.Exercise) -> Path:
    return exercise.root / ".kata" / "curves" / f"{exercise.number}_{exercise.slug}.png"


def _draw(exercise: catalog.Exercise, result: report.Exercise) -> None:
    """The loss curves of this run, or no picture of an older one."""
    from flaxkata.render import picture

    with contextlib.suppress(OSError):  # a read-only checkout can still be graded
        _picture(exercise).unlink(missing_ok=True)
        if result.curves:
            picture.draw(result, _picture(exercise))


@app.command("list")
def list_exercises(names: Names = None) -> None:
    """The exercises in reading order, and how far you are."""
    exercises = chosen(names)
    states = _remembered(exercises[0].root)
    table = Table(box=None, pad_edge=False, show_header=False, padding=(0, 2, 0, 0))
    chapter = None
    for e in exercises:
        if e.chapter != chapter:
            chapter = e.chapter
            table.add_row(Text(chapter.replace("_", " "), "bold"))
        state = states.get(e.number, "todo")
        word = Text(terminal.STATE[state], terminal.STYLE[state])
        title = Text.assemble(e.title, (f"  after {', '.join(e.after)}" if e.after else "", "dim"))
        table.add_row(f"  {e.number} {e.slug}", word, f"{e.minutes} min", title)
    console = Console(highlight=False)
    console.print(table)
    console.print(Text("States are those of the last time that an exercise was graded.", "dim"))


@app.command()
def hint(name: Name) -> None:
    """One more hint each time: the concept, the API, nearly the code."""
    exercise = one(name)
    store = exercise.root / ".kata" / "hints.json"
    seen = _read_json(store)
    count = min(seen.get(exercise.number, 0) + 1, len(exercise.hints))
    console = Console(highlight=False)
    for number, words in enumerate(exercise.hints[:count], 1):
        console.print(Text.assemble((f"Hint {number} of {len(exercise.hints)}  ", "bold"), words))
    if count == len(exercise.hints):
        console.print(Text(f"These are all. Our answer: {typed(f'solution {exercise.number}')}", "dim"))
    _write_json(store, seen | {exercise.number: count})


@app.command()
def solution(name: Name, yes: Yes = False) -> None:
    """Our answer, with comments; asks first while yours is not right."""
    exercise = one(name)
    if _remembered(exercise.root).get(exercise.number) != "solved" and not yes:
        _ask(f"{exercise.number} {exercise.slug} is not solved yet. Show our answer anyway?")
    text = catalog.blank(exercise.solution.read_text("utf-8"), catalog.PYTORCH)
    code = text[text.index(catalog.JAX) :] if catalog.JAX in text else text
    console = Console(highlight=False)
    console.print(Text(shown(exercise.solution, exercise.root), "cyan"))
    console.print(Syntax(code, "python", background_color="default", word_wrap=True))


@app.command()
def reset(name: Name, yes: Yes = False) -> None:
    """Put an exercise back to its stub; your text is kept."""
    exercise = one(name)
    if exercise.stub.exists():
        if not yes:
            _ask(f"Replace {shown(exercise.stub, exercise.root)} by the stub? Your text is kept under .kata/backup/.")
        print(f"Your text is kept in {shown(_back_up(exercise), exercise.root)}")
    _write_stub(exercise)
    print(f"{shown(exercise.stub, exercise.root)} is the stub again.")


@app.command("stubs")
def write_stubs(
    names: Names = None, check: Annotated[bool, typer.Option(help="only say which differ; exit 1 if any does")] = False
) -> None:
    """For authors: cut exercises/ from solutions/. What differed is kept under .kata/backup/."""
    exercises = chosen(names)
    different = [e for e in exercises if not e.stub.exists() or e.stub.read_text("utf-8") != stubs.cut(e)]
    for e in different:
        kept = f" (the old text is in {shown(_back_up(e), e.root)})" if e.stub.exists() and not check else ""
        if not check:
            _write_stub(e)
        print(f"{shown(e.stub, e.root)} {'differs from' if check else 'is cut from'} its solution{kept}")
    if not different:
        print(f"All {len(exercises)} stubs are what is cut from the solutions.")
    raise typer.Exit(int(check and bool(different)))


def _ask(question: str) -> None:
    """Go on after a yes. Exit code 1 for a no; 2 where nobody can be asked."""
    if not sys.stdin.isatty():
        fail(f"{question} There is no terminal to ask in; --yes answers yes.")
    typer.confirm(question, abort=True)


def _back_up(exercise: catalog.Exercise) -> Path:
    folder = exercise.root / ".kata" / "backup" / datetime.now().strftime("%Y-%m-%d_%H%M%S_%f")
    kept = folder / exercise.file
    kept.parent.mkdir(parents=True)
    return Path(shutil.copy2(exercise.stub, kept))


def _write_stub(exercise: catalog.Exercise) -> None:
    exercise.stub.parent.mkdir(parents=True, exist_ok=True)
    exercise.stub.write_text(stubs.cut(exercise), "utf-8")
