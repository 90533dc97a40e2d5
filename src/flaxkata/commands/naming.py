"""`kata name` and `kata taught`: mistakes that a class teaches the grader."""

import shlex
import sqlite3
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console, Group, RenderableType
from rich.syntax import Syntax
from rich.text import Text

from flaxkata import cohort_report, posts, report
from flaxkata.commands.usage import INSTRUCTORS, Mistakes, Name, chosen, fail, one, own_root, root, typed, use_mistakes
from flaxkata.exercise import Exercise
from flaxkata.judge import taught
from flaxkata.judge.errors import GraderFailed, SandboxUnavailable
from flaxkata.learner import views
from flaxkata.render import terminal

if TYPE_CHECKING:
    from flaxkata.instructor import naming
    from flaxkata.instructor.naming import Named
    from flaxkata.instructor.trial import Seen

console = Console(highlight=False)

app = typer.Typer()


@app.command("name", rich_help_panel=INSTRUCTORS)
def name_group(
    context: typer.Context,
    out: Annotated[Path, typer.Argument(metavar="OUT", help="the folder that `kata cohort` wrote, or a board's file")],
    exercise_name: Name,
    number: Annotated[int, typer.Argument(metavar="[GROUP]", help="its number; 1 is the largest", min=1)] = 1,
    given: Annotated[str, typer.Option("--as", metavar="NAME", help="new_name, or mistake/wording for one that there is")] = "",
    text_file: Annotated[Path | None, typer.Option("--text", metavar="FILE", help="the words; by default it asks")] = None,
    learner: Annotated[str, typer.Option("--from", metavar="LEARNER", help="whose file; by default the simplest")] = "",
    mistakes: Mistakes = None,
) -> None:
    """Make a known mistake of what several people did.

    Without --as, shows what they did. Exit code 1 if the grader could not tell
    this mistake from others; nothing is written then.
    """
    from flaxkata.instructor import cohort, naming, room_naming, trial

    use_mistakes(mistakes, new=True)
    exercise = one(exercise_name)
    try:
        group = _in_room(out, exercise, number) if out.is_file() else naming.group_of(out, exercise, number)
        named = naming.name_of(given, exercise) if given else None
        folder = _folder(exercise) if named else Path()
        source, code = naming.simplest(group, learner)
        console.print(_shown(group.found))
        if not named:
            again = typed(f"name {shlex.quote(str(out))} {exercise.number} {number} --as what_went_wrong")
            console.print(_file_shown(source, code), Text(f"\nGive it a name: {again}"))
            return
        named = _worded(named, text_file, exercise)
        text = naming.mistake(code, named)
        workplace = room_naming.workplace(out) if out.is_file() else out
        with cohort.sole_user(workplace), console.status("trying it beside the other mistakes of this exercise"):
            seen = trial.tried(group, named, text, context.obj and context.obj.session)
    except (naming.Refused, cohort.Busy) as error:
        fail(str(error))
    except (GraderFailed, SandboxUnavailable) as error:
        fail(f"The grader itself failed; nothing was written. This is a defect of the kit.\n{error}")
    except (KeyboardInterrupt, EOFError):
        fail("Stopped. Nothing was written.")
    console.print(_outcome(seen))
    if seen.trouble:
        raise typer.Exit(1)
    path = trial.keep(folder, exercise, named, text, seen.checks)
    sent = trial.record(out.parent if out.is_file() else out, exercise, named, seen.checks)
    console.print(_next_steps(path, sent, group.source, exercise))


def _in_room(file: Path, exercise: Exercise, number: int) -> "naming.Group":
    """A group of those whom a board knows. Raises Refused."""
    from flaxkata.board import store
    from flaxkata.board.room import Room
    from flaxkata.instructor import naming, room_groups, room_naming

    room = Room(0, room_groups.RoomGroups([]))
    try:
        with store.read_only(file) as kept:
            room.replay(kept.learners(), [])
            told = [(event.learner, posts.read(event.body, posts.What)) for event in kept.events(exercise.number)]
    except sqlite3.Error as error:
        raise naming.Refused(f"{file} is not the file of a board: {error}.") from None
    names = {number: person.name for number, person in room.people.items()}
    return room_naming.group_of(file, exercise, number, names, told)


def _folder(exercise: Exercise) -> Path:
    """Where the file goes: the instructor's own folder, else the course of a
    checkout.
    """
    if exercise.own:
        return exercise.own
    if exercise.course != exercise.root:
        fail("The course is in a package, so say where your own mistakes are, in a folder that may be new: --mistakes DIR")
    return exercise.course / "tests" / "mistakes"


def _shown(group: cohort_report.Unnamed) -> RenderableType:
    """A group: who, and what failed."""
    people = "1 person" if group.alone else f"{len(group.files)} people"
    parts: list[RenderableType] = [Text(f"{group.outline.id} {group.outline.slug}, group {group.number}: {people}", "bold")]
    parts += [Text(f"  {report.one_line(who)}  {report.one_line(file)}") for who, file in group.files.items()]
    for check in group.checks:
        parts.append(terminal.indent(Text(f"x {check.description}"), 2))
        parts += [terminal.indent(Text(finding), 6) for finding in check.findings[:1]]
    return Group(*parts)


def _file_shown(learner: str, code: str) -> RenderableType:
    """What would be the mistake's file."""
    return Group(
        Text(f"\nThe simplest file, {report.one_line(learner)}'s:"),
        Syntax(report.printable(code), "python", background_color="default", word_wrap=True),
    )


def _outcome(seen: "Seen") -> RenderableType:
    """What was seen of the new mistake."""
    trouble = [Text(f"x {words}", "bold red") for words in seen.trouble]
    return Group(
        "", *(Text(f"  {words}") for words in seen.holds), *trouble, *(["", "Nothing was written."] if trouble else [])
    )


def _worded(named: "Named", file: Path | None, exercise: Exercise) -> "Named":
    """The mistake with the words to say: a wording has those of its mistake.
    Raises Refused, KeyboardInterrupt, EOFError.
    """
    from flaxkata.instructor import naming

    if named.wording and file:
        raise naming.Refused(f"--as {named.slug}/{named.wording} is told in the words of {named.slug}; leave --text out.")
    return named if named.wording else replace(named, words=naming.worded(_words(file), exercise))


def _words(file: Path | None) -> str:
    """What to tell the learner, from a file or as it is typed."""
    if file:
        try:
            return file.read_text("utf-8")
        except (OSError, UnicodeError) as error:
            fail(f"--text {file} cannot be read: {error}")
    if not sys.stdin.isatty():
        fail("There is no terminal to ask in for the words that learners are told; give them with --text FILE.")
    from prompt_toolkit import prompt

    print("\nWhat do you tell these people? First what their answer does, then what to do.")
    print("Esc and Enter end it; Ctrl-X Ctrl-E opens your editor.")
    return prompt("> ", multiline=True, enable_open_in_editor=True, tempfile_suffix=".txt")


def _next_steps(path: Path, sent: Path, source: Path, exercise: Exercise) -> RenderableType:
    own = f" --mistakes {shlex.quote(str(exercise.own))}" if exercise.own else ""
    lines = [f"{views.shown(path, exercise.root)} is written. Read it: from now on it runs when answers are compared with it."]
    if not own:
        lines.append(f"Then format it, and try the whole exercise: python tests/kit/try_exercise.py {exercise.number}")
    if source.is_file():
        lines.append(f"The board brings it to everybody in the room, as long as it lies in {sent}. Nothing in it is run.")
        return Text("\n" + "\n".join(lines))
    lines.append(f"Tell this cohort: {typed(f'cohort {shlex.quote(str(source))}{own}', 'cohort')}")
    lines.append(f"Tell learners on their own machines: give them {sent}, for `kata taught FILE`. Nothing in it is run.")
    return Text("\n" + "\n".join(lines))


@app.command("taught", rich_help_panel=INSTRUCTORS)
def taught_mistakes(
    given: Annotated[list[Path] | None, typer.Argument(metavar="[FILE]...", help="records from your instructor")] = None,
) -> None:
    """Mistakes that your instructor's class taught the grader: add records of
    them, or list those that are there. Nothing in a record is run.
    """
    top = own_root() if given else root()
    if not given and not taught.all_of(top):
        print("Nothing was taught yet. `kata taught FILE` adds what your instructor recorded.")
    found = {path: taught.read(path) for path in given} if given else taught.all_of(top)
    refused = [path for path, record in found.items() if not _told(path, record, top if given else None)]
    raise typer.Exit(2 if given and refused else 0)


def _told(path: Path, record: taught.Record | taught.BadRecord, keep_in: Path | None) -> bool:
    """Say what a record is, and keep it there; whether it is used."""
    why = str(record) if isinstance(record, taught.BadRecord) else taught.misfit(record, chosen(None))
    if why or isinstance(record, taught.BadRecord):
        print(f"{report.one_line(str(path))} is not used: {report.printable(why)}.")
        return False
    if keep_in:
        taught.keep(keep_in, record)
    print(f"{record.exercise} {record.slug}: {report.one_line(record.text, 100)}")
    return True
