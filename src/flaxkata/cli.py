"""The `kata` command. nox sessions are thin callers of it.

Exit codes: 0 all that was attempted is right, 1 something attempted is wrong, 2
a usage error or the grader's own.
"""

import codecs
import contextlib
import errno
import io
import json
import re
import shlex
import sys
import unicodedata
from collections.abc import Iterator
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console, RenderableType
from rich.progress import BarColumn, Progress, ProgressColumn, TextColumn, TimeRemainingColumn
from rich.text import Text

from flaxkata import __version__, catalog, files, naming_commands, report, room_commands, stubs
from flaxkata.instructor import single
from flaxkata.instructor.cluster import command
from flaxkata.judge import processes, workers
from flaxkata.judge.errors import GraderFailed, NoDevice, SandboxUnavailable
from flaxkata.judge.options import LIMIT, GradeOptions
from flaxkata.learner import progress, views
from flaxkata.render import terminal
from flaxkata.usage import (
    Mistakes,
    Name,
    Names,
    Yes,
    chosen,
    fail,
    no_exercises,
    one,
    own_file,
    own_root,
    root,
    say,
    typed,
    use_mistakes,
)

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
app.add_typer(room_commands.app)
app.add_typer(naming_commands.app)


class Device(StrEnum):
    """Where JAX computes."""

    cpu = "cpu"
    gpu = "gpu"
    tpu = "tpu"


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


def need_folder(option: str, file: Path | None) -> None:
    """A usage error where a file is to be written into a folder that is not
    there.
    """
    if file and not file.absolute().parent.is_dir():
        fail(f"{option} {file}: there is no folder {file.parent}.")


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
            return init(Path())
        print("There are no exercises in this folder; `kata init` lays them here.\n")
    print(context.get_help())


@app.command()
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


@app.command()
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


@app.command()
def doctor() -> None:
    """What this machine has for the course, and how to mend what is missing.
    Exit code 1 if exercises cannot be graded.
    """
    from flaxkata.learner import doctor as looking

    found = looking.look(root())
    Console(highlight=False).print(views.health([(one.state, one.what, one.mend) for one in found]))
    raise typer.Exit(int(any(one.state == "fail" for one in found)))


@app.command()
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
def _submission(given: Path | None, exercises: list[catalog.Exercise]) -> Iterator[single.Place]:
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
            task = bar.add_task("starting", total=sum(len(e.checks) for e in exercises))

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
    result: report.Report, exercises: list[catalog.Exercise], place: single.Place, submission: Path | None, device: Device
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

    def steps(e: catalog.Exercise) -> terminal.Steps:
        help = "solution" if progress.all_hints_read(e) else "hint"
        again = typed(f"grade {e.number}{options}", session)
        return terminal.Steps(typed(f"{help} {e.number}"), again, typed(f"reset {e.number}"))

    for e, found in zip(exercises, result.exercises, strict=True):
        views.draw(e, found)
    return views.verdict(result, exercises, place.folder, following, steps, place.sources)


def _columns(noun: str) -> list[ProgressColumn]:
    return [TextColumn("{task.description:24}"), BarColumn(), TextColumn("{task.completed} of {task.total} " + noun)]


@app.command()
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


@app.command("cohort")
def grade_cohort(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="a sub-folder, archive or git checkout for each learner")],
    out: Annotated[Path | None, typer.Option(help="where results go; by default DIR-graded")] = None,
    only: Annotated[list[str] | None, typer.Option(metavar="EXERCISE", help="number, slug or chapter; may be repeated")] = None,
    regrade: Annotated[bool, typer.Option(help="grade files again that have a result")] = False,
    judges: Annotated[int, typer.Option("--workers", help="judges at once; each uses one processor and 1 GB", min=1)] = 2,
    limit: Annotated[float, typer.Option(help="seconds that one exercise may take", min=0.1)] = LIMIT,
    memory: Annotated[int, typer.Option(help="MB that one exercise may use", min=500)] = 2500,
    secret_file: Annotated[
        Path | None, typer.Option(help="what all inputs are drawn from; by default OUT keeps its own")
    ] = None,
    mistakes: Mistakes = None,
    scheduler: Annotated[
        str | None, typer.Option(metavar="ADDRESS", help="of Dask: grade on its workers; `kata worker` starts them")
    ] = None,
) -> None:
    """For instructors: grade a folder of submissions, and write what other
    tools read.

    Run the same command again to resume. Exit code 0 when all could be graded,
    whatever the grades; 2 when something could not, which is marked so.
    """
    from flaxkata.instructor import cohort, submissions
    from flaxkata.instructor.engine import EngineFailed
    from flaxkata.render import cohort as table

    use_mistakes(mistakes)
    exercises = chosen(only)
    if not folder.is_dir():
        fail(f"There is no folder {folder}; it takes one with a sub-folder or archive for each learner.")
    if not submissions.owned(folder, exercises)[0]:
        fail(f"{folder} has no submissions: no sub-folders, no archives, and no exercises' files with a learner's name.")
    if secret_file and not (secret_file.is_file() and secret_file.read_text("utf-8", "replace").strip()):
        fail(f"--secret-file {secret_file}: write a long random line into that file, and keep it to yourself.")
    out = out or folder.absolute().with_name(f"{folder.absolute().name}-graded")
    if out.resolve() == folder.resolve() or out.resolve().is_relative_to(folder.resolve()):
        fail(f"--out {out} is among the submissions; give a folder beside them.")
    console = Console(highlight=False)
    try:
        engine = command.engine(scheduler, judges)
        columns = [*_columns("files"), *command.size(scheduler, engine), TimeRemainingColumn(), TextColumn("left")]
        with Progress(*columns, console=console, disable=not console.is_interactive) as bar:
            task = bar.add_task("grading", total=None)

            def step(done: int, total: int) -> None:
                bar.update(task, completed=done, total=total)

            result = cohort.run(folder, out, exercises, cohort.Limits(limit, memory), engine, regrade, step, secret_file)
    except (cohort.Busy, EngineFailed) as error:
        fail(str(error))
    except cohort.Unwritable as error:
        fail(f"Stopped: results could not be written to {out}: {error}. Run the same command to resume.")
    except KeyboardInterrupt:
        fail("Stopped. What is graded is kept; run the same command to resume.")
    made = "cohort.html, grades.csv, unnamed.csv, gradescope/, classroom/, ctrf.json, junit.xml"
    console.print(table.summary(result, f"In {out}: {made}", typed(f"name {shlex.quote(str(out))}")))
    numbers = {e.number for e in exercises}
    if missing := [f"{report.one_line(one.name)} {n}" for one in result.learners for n in one.ungraded if n in numbers]:
        some = ", ".join(missing[:10]) + (f" and {len(missing) - 10} more" if len(missing) > 10 else "")
        fail(f"The grader itself failed on what is marked as not graded: {some}. Run the same command to try again.")


app.command("worker", context_settings={"allow_extra_args": True, "ignore_unknown_options": True})(command.worker)


@app.command()
def gradescope(out: Annotated[Path, typer.Option(help="a new folder for the autograder; its zip is put beside it")]) -> None:
    """For instructors: write an autograder for Gradescope."""
    from flaxkata.instructor import platforms

    if not catalog.is_checkout(root()):
        fail("The autograder is made in a checkout of the kit, whose files go into it.")
    try:
        archive = platforms.gradescope(root(), out)
    except FileExistsError:
        fail(f"{out} is there already; give a new folder.")
    print(f"The autograder is in {out}. Upload {archive} to Gradescope: Configure Autograder, Zip file upload.")
    print("Under Autograder Settings choose 1 CPU and 1.5 GB RAM, and for the whole kit a timeout of 20 minutes.")


@app.command()
def classroom(
    kit: Annotated[str, typer.Option(metavar="OWNER/NAME[@REF]", help="the repository with your copy of the kit")],
    out: Annotated[Path, typer.Option(help="the workflow's file")] = Path(".github/workflows/classroom.yml"),
) -> None:
    """For instructors: write a workflow for GitHub Classroom."""
    from flaxkata.instructor import platforms

    if not (given := re.fullmatch(r"([\w.-]+/[\w.-]+)(?:@([\w./-]+))?", kit)):
        fail(f"--kit {kit}: it takes a repository as owner/name, or owner/name@ref for a branch, tag or commit.")
    if out.exists():
        fail(f"{out} is there already; remove it, or give another --out.")
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(platforms.classroom(given[1], given[2] or "main"), "utf-8")
    print(f"The workflow is in {out}. Commit it to the repository that the assignment is made from.")
    print("Add .github/**/* to the assignment's protected file paths: a learner who changes the workflow shows any score.")


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
    own_root()
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


@app.command("notebook")
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
        print(*(f"{_from_here(path)} differs from the exercises" for path in different), sep="\n", end="\n" * bool(different))
        raise typer.Exit(int(bool(different)))
    for path, kept in notebooks.write(new, folder, exercises[0]).items():
        print(f"{_from_here(path)} is written" + (f"; what was there is in {_from_here(kept)}" if kept else ""))
    print(f"Open them in JupyterLab, from {_from_here(folder)}: the first is {next(iter(new))}.")


def _from_here(path: Path) -> str:
    return views.shown(path.absolute(), Path.cwd())


def _take(file: Path, exercises: list[catalog.Exercise]) -> None:
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
    places = {e.number: _from_here(e.stub) for e in exercises}
    for number, kept in found.written.items():
        print(f"{number}: {places[number]} is written" + (f"; your text is kept in {_from_here(kept)}" if kept else ""))
    for numbers, words in ((found.same, "the file has this answer already"), (found.untouched, "not begun in the notebook")):
        print(*(f"{number}: {words}" for number in numbers), sep="\n", end="\n" * bool(numbers))
    for words in found.passed_over:
        print(words)
    if not any((found.written, found.same, found.untouched)):
        fail(f"{file} has no cell that begins with `%%kata` and an exercise.")


port = typer.Typer(no_args_is_help=True, help="Your own port of your own PyTorch model: `new`, `check`, `test`.")
app.add_typer(port, name="port")

PortFile = Annotated[Path, typer.Argument(metavar="FILE", help="the file of your port, such as my_port.py")]


@port.command("new")
def new_port(file: PortFile) -> None:
    """Write a file to fill in; it runs as it is."""
    from flaxkata.port import writing

    try:
        writing.template(file)
    except FileExistsError:
        fail(f"{file} is there already; give a new name.")
    print(f"{file} has a small network and its port. Check it, then put your own in its place: kata port check {file}")


@port.command("check")
def check_port(
    file: PortFile,
    json_file: Annotated[Path | None, typer.Option("--json", metavar="FILE", help="also write the result there")] = None,
    html_file: Annotated[Path | None, typer.Option("--html", metavar="FILE", help="also write one page there")] = None,
    steps: Annotated[int, typer.Option(help="steps of training with each optimizer; 0 for none", min=0)] = 10,
    here: Annotated[bool, typer.Option(help="run both sections in this process, so that breakpoint() works")] = False,
    device: Annotated[Device, typer.Option(help="where JAX computes; never on a different one")] = Device.cpu,
) -> None:
    """Compare your port with PyTorch, part by part. Exit code 1 if it
    differs.
    """
    from flaxkata import port_report
    from flaxkata.judge import subprocess_sandbox
    from flaxkata.port import check, section
    from flaxkata.render import port as shown
    from flaxkata.render import port_page

    if not file.is_file():
        fail(f"There is no {file}; `kata port new {file}` writes one.")
    need_folder("--json", json_file)
    need_folder("--html", html_file)
    console = Console(highlight=False)
    try:
        source = None if here else processes.start(device, files.user_cache())  # imports JAX while PyTorch is imported here
        if source and device != Device.cpu:
            subprocess_sandbox.device_name(source, device)
        with console.status("starting") as status:
            found = check(file, str(device), steps, here, lambda part: status.update(part))
    except (section.Unusable, NoDevice, SandboxUnavailable) as error:
        fail(str(error))
    except KeyboardInterrupt:
        fail("Stopped.")
    console.print(shown.summary(found, f"kata port check {file}"))
    if json_file:
        json_file.write_text(json.dumps(port_report.to_json(found), indent=1) + "\n", "utf-8")
    if html_file:
        html_file.write_text(port_page.html(found), "utf-8")
    raise typer.Exit(int(not found.right))


@port.command("test")
def test_port(file: PortFile) -> None:
    """Write a pytest file that keeps your port right in your own CI."""
    from flaxkata.port import writing

    if not file.is_file():
        fail(f"There is no {file}; `kata port new {file}` writes one.")
    try:
        place = writing.tests(file)
    except FileExistsError as error:
        fail(f"{error} is there already; remove it first.")
    print(f"{place} checks {file.name}, one test per part. Run it: python -m pytest {place}")


def _ask(question: str) -> None:
    """Go on after a yes. Exit code 1 for a no; 2 where nobody can be asked."""
    if not sys.stdin.isatty():
        fail(f"{question} There is no terminal to ask in; --yes answers yes.")
    typer.confirm(question, abort=True)
