"""The `kata` command. nox sessions are thin callers of it.

Exit codes: 0 all that was attempted is right, 1 something attempted is wrong, 2
a usage error or the grader's own.
"""

import ast
import errno
import json
import os
import re
import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from rich.console import Console, RenderableType
from rich.progress import BarColumn, Progress, ProgressColumn, TextColumn, TimeRemainingColumn
from rich.text import Text

from flaxkata import catalog, report, stubs
from flaxkata.judge import processes, workers
from flaxkata.judge.errors import GraderFailed, NoDevice, SandboxUnavailable
from flaxkata.judge.options import LIMIT, GradeOptions
from flaxkata.learner import progress, views
from flaxkata.render import terminal

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)

Names = Annotated[
    list[str] | None, typer.Argument(metavar="[EXERCISE]...", help="number, slug or chapter: 1.3, set_bias, ch01")
]
Name = Annotated[str, typer.Argument(metavar="EXERCISE", help="number or slug: 1.3, set_bias")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="do not ask")]


class Device(StrEnum):
    """Where JAX computes."""

    cpu = "cpu"
    gpu = "gpu"
    tpu = "tpu"


UNWRITABLE = (errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOSPC, errno.EDQUOT)


def main() -> None:
    """The `kata` program. A checkout that is read-only, or a full disk, is told
    here for all that writes.
    """
    try:
        app(prog_name="kata")
    except OSError as error:
        if error.errno not in UNWRITABLE:
            raise
        _say(f"Stopped: {error.filename or 'a file'} cannot be read or written: {error.strerror}.")
        sys.exit(2)


def fail(words: str) -> NoReturn:
    """A usage error, or the grader's own: one sentence, exit code 2."""
    _say(words)
    raise typer.Exit(2)


def _say(words: str) -> None:
    Console(stderr=True, soft_wrap=True, highlight=False).print(Text(words))


def root() -> Path:
    """The kit around the working directory; a usage error if there is none."""
    try:
        return catalog.find_root(Path.cwd())
    except FileNotFoundError as error:
        fail(f"{error}.")


def chosen(names: list[str] | None) -> list[catalog.Exercise]:
    """The exercises of these names, by default all; a usage error for an
    unknown one.
    """
    try:
        return catalog.select(root(), names or [])
    except catalog.UnknownExercise as error:
        fail(str(error))


def one(name: str) -> catalog.Exercise:
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


@app.command()
def grade(
    context: typer.Context,
    names: Names = None,
    submission: Annotated[Path | None, typer.Option(help="folder laid out like exercises/, or one exercise's file")] = None,
    json_file: Annotated[Path | None, typer.Option("--json", metavar="FILE", help="also write the report there")] = None,
    strict: Annotated[bool, typer.Option(help="count what is still to do as wrong")] = False,
    here: Annotated[bool, typer.Option(help="run your code in this process, so that breakpoint() works")] = False,
    fresh: Annotated[bool, typer.Option(help="run all checks, even those of files that have not changed")] = False,
    limit: Annotated[float, typer.Option(help="seconds that one exercise may take", min=0.1)] = LIMIT,
    device: Annotated[Device, typer.Option(help="where JAX computes; never on a different one")] = Device.cpu,
) -> None:
    """Grade exercises: your JAX beside live PyTorch."""
    exercises = chosen(names)
    folder = _submission(submission, exercises)
    if json_file and not json_file.absolute().parent.is_dir():
        fail(f"--json {json_file}: there is no folder {json_file.parent}.")
    console = Console(highlight=False)
    if not context.obj or device != Device.cpu:
        _prepare(exercises, device, here)
    result = _graded(context, exercises, folder, console, GradeOptions(str(device), limit, here), fresh)
    console.print(_verdict(result, exercises, folder, submission, device))
    if json_file:
        json_file.write_text(json.dumps(report.to_json(result), indent=1) + "\n", "utf-8")
    raise typer.Exit(result.exit_code(strict))


def _submission(given: Path | None, exercises: list[catalog.Exercise]) -> Path:
    """The folder or file to grade, by default the learner's own exercises."""
    folder = (given or exercises[0].root / "exercises").absolute()
    if not folder.exists():
        fail(f"There is no {given}; --submission takes a folder laid out like exercises/, or one file.")
    if folder.is_file() and len(exercises) != 1:
        fail(f"{given} is one file; say which exercise it answers, as in: kata grade 1.3 --submission {given}")
    return folder


def _prepare(exercises: list[catalog.Exercise], device: Device, here: bool) -> None:
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
    exercises: list[catalog.Exercise],
    folder: Path,
    console: Console,
    options: GradeOptions,
    fresh: bool,
) -> report.Report:
    from flaxkata.learner import grading  # NumPy and pytest: 0.2 s that `kata list` need not wait

    top = exercises[0].root
    try:
        with Progress(
            *_columns("checks"), console=console, transient=True, disable=options.here or not console.is_interactive
        ) as bar:
            task = bar.add_task("starting", total=sum(map(checks_in, exercises)))

            def step(exercise: catalog.Exercise, count: int) -> None:
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
    result: report.Report, exercises: list[catalog.Exercise], folder: Path, submission: Path | None, device: Device
) -> RenderableType:
    """The screen, with what to do next; the learner's own states are
    remembered.
    """
    top = exercises[0].root
    own = folder == top / "exercises"
    states = {e.id: str(e.state) for e in result.exercises}
    states = progress.remember(top, states) if own else states
    following = next((e for e in exercises if states.get(e.number) != "solved"), None)
    if own and not following:
        following = progress.next_unsolved(catalog.exercises(top), states, exercises[-1])
    options = "" if own else f" --submission {submission}"
    session = "grade" if device == Device.cpu else f"grade_{device}"

    def steps(e: catalog.Exercise) -> terminal.Steps:
        help = "solution" if progress.all_hints_read(e) else "hint"
        again = typed(f"grade {e.number}{options}", session)
        return terminal.Steps(typed(f"{help} {e.number}"), again, typed(f"reset {e.number}"))

    for e, found in zip(exercises, result.exercises, strict=True):
        views.draw(e, found)
    return views.verdict(result, exercises, folder, following, steps)


def _columns(noun: str) -> list[ProgressColumn]:
    return [TextColumn("{task.description:24}"), BarColumn(), TextColumn("{task.completed} of {task.total} " + noun)]


def checks_in(exercise: catalog.Exercise) -> int:
    """How many checks an exercise has, from the text of its tests."""
    tree = ast.parse(exercise.tests.read_text("utf-8"))
    return sum(isinstance(node, ast.FunctionDef) and node.name.startswith("test_") for node in tree.body)


@app.command()
def watch(
    name: Annotated[
        str | None, typer.Argument(metavar="EXERCISE", help="where to begin; by default the next unsolved one")
    ] = None,
    poll: Annotated[bool, typer.Option(help="look for saves every 0.3 s: for network mounts and containers")] = False,
    device: Annotated[Device, typer.Option(help="where JAX computes; never on a different one")] = Device.cpu,
) -> None:
    """Grade an exercise each time that you save it; one key for a hint, the
    next, and so on.
    """
    from flaxkata.learner import watch as watching

    top = root()
    states = progress.states(top)
    unsolved = (e for e in catalog.exercises(top) if states.get(e.number) != "solved")
    current = one(name) if name else next(unsolved, catalog.exercises(top)[0])
    watching.run(current, str(device), poll)


@app.command("cohort")
def grade_cohort(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="a sub-folder, zip or git checkout for each learner")],
    out: Annotated[Path | None, typer.Option(help="where results go; by default DIR-graded")] = None,
    only: Annotated[list[str] | None, typer.Option(metavar="EXERCISE", help="number, slug or chapter; may be repeated")] = None,
    regrade: Annotated[bool, typer.Option(help="grade files again that have a result")] = False,
    judges: Annotated[int, typer.Option("--workers", help="judges at once; each uses one processor and 1 GB", min=1)] = 2,
    limit: Annotated[float, typer.Option(help="seconds that one exercise may take", min=0.1)] = LIMIT,
    memory: Annotated[int, typer.Option(help="MB that one exercise may use", min=500)] = 2500,
) -> None:
    """For instructors: grade a folder of submissions, and write what other
    tools read.

    Run the same command again to resume. Exit code 0 when all could be graded,
    whatever the grades.
    """
    from flaxkata.instructor import cohort, exports, submissions
    from flaxkata.render import cohort as table

    exercises = chosen(only)
    if not folder.is_dir():
        fail(f"There is no folder {folder}; it takes one with a sub-folder or zip for each learner.")
    if not submissions.read_all(folder, exercises)[0]:
        fail(f"{folder} has no submissions: no sub-folders and no zips.")
    out = out or folder.absolute().with_name(f"{folder.absolute().name}-graded")
    if out.resolve() == folder.resolve() or out.resolve().is_relative_to(folder.resolve()):
        fail(f"--out {out} is among the submissions; give a folder beside them.")
    console = Console(highlight=False)
    try:
        with Progress(
            *_columns("files"), TimeRemainingColumn(), TextColumn("left"), console=console, disable=not console.is_interactive
        ) as bar:
            task = bar.add_task("grading", total=None)

            def step(done: int, total: int) -> None:
                bar.update(task, completed=done, total=total)

            result = cohort.run(folder, out, exercises, cohort.Limits(limit, memory, judges), regrade, step)
    except cohort.Busy as error:
        fail(str(error))
    except cohort.Ungraded as error:
        fail(f"The grader itself failed on these; the others are graded. Run the same command to try them again.\n{error}")
    except cohort.Unwritable as error:
        fail(f"Stopped: results could not be written to {out}: {error}. Run the same command to resume.")
    except KeyboardInterrupt:
        fail("Stopped. What is graded is kept; run the same command to resume.")
    exports.write(result, out)
    console.print(table.summary(result, f"In {out}: cohort.html, grades.csv, gradescope/, classroom/, ctrf.json, junit.xml"))


@app.command()
def gradescope(out: Annotated[Path, typer.Option(help="a new folder for the autograder; its zip is put beside it")]) -> None:
    """For instructors: write an autograder for Gradescope."""
    from flaxkata.instructor import platforms

    try:
        archive = platforms.gradescope(root(), out)
    except FileExistsError:
        fail(f"{out} is there already; give a new folder.")
    print(f"The autograder is in {out}. Upload {archive} to Gradescope: Configure Autograder, Zip file upload.")


@app.command()
def classroom(
    kit: Annotated[str, typer.Option(metavar="OWNER/NAME", help="the repository with your copy of the kit")],
    out: Annotated[Path, typer.Option(help="the workflow's file")] = Path(".github/workflows/classroom.yml"),
) -> None:
    """For instructors: write a workflow for GitHub Classroom."""
    from flaxkata.instructor import platforms

    if not re.fullmatch(r"[\w.-]+/[\w.-]+", kit):
        fail(f"--kit {kit}: it takes a repository as owner/name.")
    if out.exists():
        fail(f"{out} is there already; remove it, or give another --out.")
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(platforms.classroom(kit), "utf-8")
    print(f"The workflow is in {out}. Commit it to the repository that the assignment is made from.")


@app.command("list")
def list_exercises(names: Names = None) -> None:
    """The exercises in reading order, and how far you are."""
    exercises = chosen(names)
    console = Console(highlight=False)
    console.print(views.listing(exercises, progress.states(exercises[0].root)))
    console.print(Text("States are from the last time each exercise was graded.", "dim"))


@app.command()
def hint(name: Name) -> None:
    """One more hint each time: the concept, the API, nearly the code."""
    exercise = one(name)
    hints = progress.more_hints(exercise)
    console = Console(highlight=False)
    console.print(terminal.hints(hints, len(exercise.hints)))
    if len(hints) == len(exercise.hints):
        console.print(Text(f"These are all. Our answer: {typed(f'solution {exercise.number}')}", "dim"))


@app.command()
def solution(name: Name, yes: Yes = False) -> None:
    """Our answer, with comments; asks first while yours is not right."""
    exercise = one(name)
    if progress.states(exercise.root).get(exercise.number) != "solved" and not yes:
        _ask(f"{exercise.number} {exercise.slug} is not solved yet. Show our answer anyway?")
    Console(highlight=False).print(*views.solution(exercise), sep="\n")


@app.command()
def reset(name: Name, yes: Yes = False) -> None:
    """Put an exercise back to its stub; your text is kept."""
    exercise = one(name)
    if exercise.stub.exists():
        if not yes:
            _ask(f"Replace {views.shown(exercise.stub, exercise.root)} by the stub? Your text is kept under .kata/backup/.")
        print(f"Your text is kept in {views.shown(progress.back_up(exercise), exercise.root)}")
    progress.write_stub(exercise)
    print(f"{views.shown(exercise.stub, exercise.root)} is the stub again.")


@app.command("stubs")
def write_stubs(
    names: Names = None, check: Annotated[bool, typer.Option(help="only say which differ; exit 1 if any does")] = False
) -> None:
    """For authors: cut exercises/ from solutions/. What differed is kept under
    .kata/backup/.
    """
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


def _ask(question: str) -> None:
    """Go on after a yes. Exit code 1 for a no; 2 where nobody can be asked."""
    if not sys.stdin.isatty():
        fail(f"{question} There is no terminal to ask in; --yes answers yes.")
    typer.confirm(question, abort=True)
