"""`kata grade`."""

import contextlib
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console, RenderableType
from rich.progress import Progress
from rich.text import Text

from flaxkata import catalog, report
from flaxkata.commands.usage import (
    LEARN,
    Device,
    Mistakes,
    Names,
    chosen,
    columns,
    fail,
    need_folder,
    no_exercises,
    own_file,
    root,
    typed,
    use_mistakes,
)
from flaxkata.exercise import Exercise
from flaxkata.instructor import single
from flaxkata.judge import processes, workers
from flaxkata.judge.errors import GraderFailed, NoDevice, SandboxUnavailable
from flaxkata.judge.options import LIMIT, GradeOptions
from flaxkata.learner import progress, views
from flaxkata.render import terminal

app = typer.Typer()


@app.command(rich_help_panel=LEARN)
def grade(
    context: typer.Context,
    names: Names = None,
    submission: Annotated[Path | None, typer.Option(help="folder or archive with exercises' files, or one such file")] = None,
    json_file: Annotated[Path | None, typer.Option("--json", metavar="FILE", help="also write the report there")] = None,
    strict: Annotated[bool, typer.Option(help="count what is still to do as wrong")] = False,
    here: Annotated[bool, typer.Option(help="run your code in this process, so that breakpoint() works")] = False,
    fresh: Annotated[bool, typer.Option(help="run all checks, even those of files that have not changed")] = False,
    limit: Annotated[float, typer.Option(help="seconds that one exercise may take", min=0.1)] = LIMIT,
    device: Annotated[Device, typer.Option(help="where JAX computes; never on a different one")] = Device.cpu,
    mistakes: Mistakes = None,
) -> None:
    """Grade exercises: your JAX beside live PyTorch."""
    use_mistakes(mistakes)
    names, submission = _elsewhere(names or [], submission)
    exercises = chosen(names)
    need_folder("--json", json_file)
    console = Console(highlight=False)
    if not context.obj or device != Device.cpu:
        _prepare(exercises, device, here)
    with _submission(submission, exercises) as place:
        result = _graded(context, exercises, place.folder, console, GradeOptions(str(device), limit, here), fresh)
        result = replace(result, submission=place.copied or result.submission)
        console.print(*(Text(words, "bold yellow") for words in place.words), sep="\n", end="\n" * bool(place.words))
        console.print(_verdict(result, exercises, place, submission, device))
    if json_file:
        json_file.write_text(json.dumps(report.to_json(result), indent=1) + "\n", "utf-8")
    if place.folder == exercises[0].root / "exercises":
        from flaxkata.learner import telling

        telling.tell(exercises[0].root, result.exercises, "grade")
    raise typer.Exit(result.exit_code(strict))


def _elsewhere(names: list[str], submission: Path | None) -> tuple[list[str], Path | None]:
    """A name that is a path to something else than the learner's own file is
    the submission.
    """
    paths = [name for name in names if (name.endswith((".py", ".ipynb")) or len(Path(name).parts) > 1) and not own_file(name)]
    if not paths:
        return names, submission
    path = Path(paths[0])
    if not path.exists():
        fail(f"There is no {path}.")
    if submission or len(names) > 1:
        fail(f"{path} is not in exercises/: grade it alone, or give a folder with --submission.")
    e = single.exercise_of(path, root())
    if single.is_answer(path) and not e:
        fail(f"{path} has no exercise's name; say which it answers, as in: kata grade 1.3 --submission {path}")
    return [e.number] if e else [], path


@contextlib.contextmanager
def _submission(given: Path | None, exercises: list[Exercise]) -> Iterator[single.Place]:
    """What to grade, by default the learner's own exercises."""
    path = (given or exercises[0].root / "exercises").absolute()
    if not given and not path.exists():
        no_exercises()
    if not path.exists():
        fail(f"There is no {given}; --submission takes a folder or an archive with exercises' files, or one such file.")
    if given and not single.is_answer(path):
        try:
            with single.laid_out(path, exercises) as place:
                yield place
        except single.Unrecognized as error:
            fail(str(error))
        return
    if given and len(exercises) != 1:
        fail(f"{given} is one file; say which exercise it answers, as in: kata grade 1.3 --submission {given}")
    yield single.Place(path)


def _prepare(exercises: list[Exercise], device: Device, here: bool) -> None:
    """Look for an accelerator before anything is graded; let JAX be imported
    next door while PyTorch is imported here.
    """
    root = exercises[0].root
    if device != Device.cpu:
        from flaxkata.judge import subprocess_sandbox

        try:
            subprocess_sandbox.device_name(processes.start(device, root), device)
        except (NoDevice, SandboxUnavailable) as error:
            fail(str(error))
    elif not here and len(exercises) <= workers.ALONE:
        processes.start(device, root)


def _graded(
    context: typer.Context,
    exercises: list[Exercise],
    folder: Path,
    console: Console,
    options: GradeOptions,
    fresh: bool,
) -> report.Report:
    from flaxkata.learner import grading  # NumPy and pytest: 0.2 s that `kata list` need not wait

    top = exercises[0].root
    try:
        with Progress(
            *columns("checks"), console=console, transient=True, disable=options.here or not console.is_interactive
        ) as bar:
            task = bar.add_task("starting", total=sum(len(e.checks) for e in exercises))

            def step(exercise: Exercise, count: int) -> None:
                bar.update(task, advance=count, description=exercise.stem)

            if context.obj:
                results = context.obj.grade(exercises, folder, options, fresh, step)
            else:
                results = grading.kept_or_graded(exercises, folder, options, fresh, step)
    except (GraderFailed, SandboxUnavailable) as error:
        fail(f"The grader itself failed; nothing was graded. This is a defect of the kit, not of your code.\n{error}")
    except KeyboardInterrupt:
        fail("Stopped. Nothing was saved.")
    device = " and ".join(dict.fromkeys(e.device for e in results if e.device)) or options.device
    return report.Report(device, views.shown(folder, top), results)


def _verdict(
    result: report.Report, exercises: list[Exercise], place: single.Place, submission: Path | None, device: Device
) -> RenderableType:
    """The screen, with what to do next; the learner's own states are
    remembered.
    """
    top = exercises[0].root
    own = place.folder == top / "exercises"
    states = {e.id: str(e.state) for e in result.exercises}
    states = progress.remember(top, states) if own else states
    following = next((e for e in exercises if states.get(e.number) != "solved"), None)
    if own and not following:
        following = progress.next_unsolved(catalog.exercises(top), states, exercises[-1])
    options = "" if own else f" --submission {submission}"
    session = "grade" if device == Device.cpu else f"grade_{device}"

    def steps(e: Exercise) -> terminal.Steps:
        help = "solution" if progress.all_hints_read(e) else "hint"
        again = typed(f"grade {e.number}{options}", session)
        return terminal.Steps(typed(f"{help} {e.number}"), again, typed(f"reset {e.number}"))

    for e, found in zip(exercises, result.exercises, strict=True):
        views.draw(e, found)
    return views.verdict(result, exercises, place.folder, following, steps, place.sources)
