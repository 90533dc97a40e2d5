"""`kata cohort`, its workers, and what platforms run in place of it."""

import re
import shlex
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress, TextColumn, TimeRemainingColumn

from flaxkata import catalog, report
from flaxkata.commands.usage import INSTRUCTORS, Mistakes, chosen, columns, fail, root, typed, use_mistakes
from flaxkata.instructor.cluster import command
from flaxkata.judge.options import LIMIT

app = typer.Typer()


@app.command("cohort", rich_help_panel=INSTRUCTORS)
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
    """Grade a folder of submissions, and write what other
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
        shown = [*columns("files"), *command.size(scheduler, engine), TimeRemainingColumn(), TextColumn("left")]
        with Progress(*shown, console=console, disable=not console.is_interactive) as bar:
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


app.command(
    "worker",
    rich_help_panel=INSTRUCTORS,
    context_settings={"allow_extra_args": True, "ignore_unknown_options": True},
)(command.worker)


@app.command(rich_help_panel=INSTRUCTORS)
def gradescope(out: Annotated[Path, typer.Option(help="a new folder for the autograder; its zip is put beside it")]) -> None:
    """Write an autograder for Gradescope."""
    from flaxkata.instructor import platforms

    if not catalog.is_checkout(root()):
        fail("The autograder is made in a checkout of the kit, whose files go into it.")
    try:
        archive = platforms.gradescope(root(), out)
    except FileExistsError:
        fail(f"{out} is there already; give a new folder.")
    print(f"The autograder is in {out}. Upload {archive} to Gradescope: Configure Autograder, Zip file upload.")
    print("Under Autograder Settings choose 1 CPU and 1.5 GB RAM, and for the whole kit a timeout of 20 minutes.")


@app.command(rich_help_panel=INSTRUCTORS)
def classroom(
    kit: Annotated[str, typer.Option(metavar="OWNER/NAME[@REF]", help="the repository with your copy of the kit")],
    out: Annotated[Path, typer.Option(help="the workflow's file")] = Path(".github/workflows/classroom.yml"),
) -> None:
    """Write a workflow for GitHub Classroom."""
    from flaxkata.instructor import platforms

    if not (given := re.fullmatch(r"([\w.-]+/[\w.-]+)(?:@([\w./-]+))?", kit)):
        fail(f"--kit {kit}: it takes a repository as owner/name, or owner/name@ref for a branch, tag or commit.")
    if out.exists():
        fail(f"{out} is there already; remove it, or give another --out.")
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(platforms.classroom(given[1], given[2] or "main"), "utf-8")
    print(f"The workflow is in {out}. Commit it to the repository that the assignment is made from.")
    print("Add .github/**/* to the assignment's protected file paths: a learner who changes the workflow shows any score.")
