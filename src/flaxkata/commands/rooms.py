"""The commands around a board: `kata board` for the instructor, and `kata
join`, `leave` and `share` for learners.
"""

import getpass
import io
import sqlite3
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.text import Text

from flaxkata import catalog, files, report
from flaxkata.commands.usage import INSTRUCTORS, ROOM, Mistakes, fail, own_root, root, use_mistakes

if TYPE_CHECKING:  # what serves is an extra
    from flaxkata.board.records import About
    from flaxkata.board.serve import Door

app = typer.Typer()

PORT = 8420
NEEDED = 'The board needs three small packages more: python -m pip install "flaxkata[board]"'
PLAIN = """On this network it is plain HTTP: who can listen there can read verdicts and names. To put TLS before it,
run the board without --host, give its public address with --url, and let a proxy serve that, such as Caddy:
    caddy reverse-proxy --from board.example.org --to 127.0.0.1:{port}"""


@app.command(rich_help_panel=INSTRUCTORS)
def board(
    host: Annotated[str, typer.Option(help="where to listen; 0.0.0.0 for the whole network")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="0 for any that is free", min=0, max=65535)] = PORT,
    name: Annotated[str, typer.Option(help="of the room, as learners see it")] = "",
    db: Annotated[Path | None, typer.Option(metavar="FILE", help="where events are kept; by default under .kata/")] = None,
    url: Annotated[str, typer.Option(help="the address to give out, where a proxy stands before the board")] = "",
    patience: Annotated[float, typer.Option(help="minutes without progress until somebody counts as stuck", min=0)] = 5,
    csv: Annotated[Path | None, typer.Option(metavar="FILE", help="only write all events there")] = None,
    mistakes: Mistakes = None,
) -> None:
    """A live board of who is stuck on what.

    Learners join with `kata join`. The board shows what their machines tell it;
    `kata cohort` gives grades.
    """
    try:
        import starlette  # noqa: F401
        import uvicorn  # noqa: F401

        from flaxkata.board import records, room, serve, store, views
        from flaxkata.instructor.room_groups import RoomGroups
    except ModuleNotFoundError:
        fail(NEEDED)
    use_mistakes(mistakes)
    around = Path.cwd() if root() == files.user_cache() else root()
    file = db or around / ".kata" / "board.sqlite"
    if csv:
        return _export(file, csv)
    try:
        kept = store.BoardStore(file)
    except store.InUse:
        fail(f"Another board has {file}. Stop it first, or give this one a file of its own with --db.")
    except store.NotABoard as error:
        fail(f"{file} cannot be used for a board: {error}. --db takes another file.")
    try:
        door = serve.opened(host, port, url)
    except OSError as error:
        fail(f"The board cannot listen at {host}, port {port}: {error.strerror or error}. --port 0 takes one that is free.")
    called = kept.kept("name", name or "JAX + Flax")
    if name and name != called:
        kept.put("name", called := name)
    taught = records.Records(file.parent / "taught", _about)
    exercises = catalog.exercises(root())
    course, people = views.Course(exercises, taught), room.Room(patience * 60, RoomGroups(e.number for e in exercises))
    ready = lambda board: _announce(door, board.code, board.token, file, port)  # noqa: E731
    serve.run(kept, course, people, called, door, ready)


def _about(path: Path) -> "About | None":
    """What a record says, unless it cannot be used."""
    from flaxkata.board.records import About
    from flaxkata.judge import taught

    found = taught.read(path)
    return About(found.exercise, found.slug, found.text) if isinstance(found, taught.Record) else None


def _export(file: Path, csv: Path) -> None:
    from flaxkata.board import export

    if not file.is_file():
        fail(f"There is no {file}: no board has run here yet.")
    try:
        csv.write_text("".join(export.lines(file)), "utf-8")
    except sqlite3.Error as error:
        fail(f"{file} cannot be read: {error}.")
    print(f"All events are in {csv}.")


def _announce(door: "Door", code: str, token: str, file: Path, port: int) -> None:
    """What the instructor needs, and who can see what."""
    address = f"{door.address}/{code}"
    print(f"The board is at {address}; everybody may open it, it has no names.")
    print(f"Learners type, in the folder with their exercises:\n    kata join {address}")
    print(f"For you alone:\n    {door.address}/instructor#{token}")
    print(f"The room's code is {code}. What learners' machines tell is kept in {file}")
    if door.alone:
        print("It listens on this machine alone. For the room: kata board --host 0.0.0.0")
    else:
        print(_drawn(address))
    if not door.alone and door.address.startswith("http://"):
        print(PLAIN.format(port=port))
    print("Ctrl-C stops the board.", flush=True)


def _drawn(address: str) -> str:
    """The address as a QR code, for phones."""
    import segno

    with io.StringIO() as drawn:
        segno.make(address).terminal(drawn, compact=True)
        return drawn.getvalue()


@app.command(rich_help_panel=ROOM)
def join(
    url: Annotated[str, typer.Argument(metavar="URL", help="the room's address, which ends with its code")] = "",
    name: Annotated[str, typer.Option("--as", metavar="NAME", help="your name in the room")] = "",
    show: Annotated[bool, typer.Option(help="only show what was sent, and what waits")] = False,
) -> None:
    """Join the board of a room: each verdict is also sent there, and nothing of
    your code.
    """
    from flaxkata.learner import joining, membership

    top = own_root()
    if show:
        return _show(top)
    if not url:
        fail("Say which room, as in: kata join http://192.168.1.5:8420/ABC234. The instructor has the address.")
    name = name or _asked_for_name()
    try:
        member = joining.join(top, url, name)
    except (ValueError, membership.Refused, membership.Unreachable) as error:
        fail(f"You are not in the room. {error}")
    print(f"You are in the room {member.room} as {member.name}.")
    print(*joining.SENT, sep="\n")


def _asked_for_name() -> str:
    try:
        login = getpass.getuser()
    except (KeyError, OSError):  # a container may have no user
        login = ""
    if sys.stdin.isatty():
        return str(typer.prompt("Your name in the room", default=login or None))
    return login or fail("Say who you are: --as NAME.")


def _show(top: Path) -> None:
    """All of the last post, and how the others went."""
    from flaxkata.learner import joining

    found = joining.standing(top)
    if not found:
        fail("This folder is in no room. `kata join URL` joins one.")
    Console(highlight=False, soft_wrap=True).print(Text(report.printable(found)))


@app.command(rich_help_panel=ROOM)
def leave() -> None:
    """Leave the board's room: nothing is sent any longer."""
    from flaxkata.learner import joining, membership

    top = own_root()
    member = membership.current(top)
    if not member:
        fail("This folder is in no room.")
    print(joining.leave(top, member))


@app.command(rich_help_panel=ROOM)
def share(
    name: Annotated[str, typer.Argument(metavar="EXERCISE", help="number or slug: 1.3, set_bias")],
    question: Annotated[str, typer.Argument(help="what you want to know")] = "",
) -> None:
    """Raise your hand: send an exercise's file to the instructor, with a
    question.
    """
    from flaxkata.learner import joining

    top = own_root()
    try:
        exercises = catalog.select(top, [name])
    except catalog.UnknownExercise as error:
        fail(str(error))
    if len(exercises) > 1:
        fail(f"{name!r} is a chapter; name one exercise: {', '.join(e.number for e in exercises)}.")
    try:
        print(joining.share(top, exercises[0], question))
    except joining.NotShared as error:
        fail(str(error))
