"""What joining, leaving, sharing and looking do and say, for the shell, watch
mode and notebooks.
"""

import contextlib
import json
import re
import sqlite3
import time
from pathlib import Path

from flaxkata import catalog, python_files, report
from flaxkata.exercise import Exercise
from flaxkata.learner import membership, telling
from flaxkata.learner.membership import Membership
from flaxkata.learner.outbox import Outbox, Waiting

LAST = 10  # posts that are listed
SENT = (
    "From now on, each verdict is also sent to the board: your name, the exercise, its state and points, the names of "
    "mistakes, and the failed comparisons with sampled values. Nothing of your code is sent.",
    "Mistakes that get a name in this room come to this folder, as words and recorded behavior. Nothing of them is run.",
    "join --show: what was sent. share: your file and a question to the instructor. leave: nothing is sent any longer.",
)


class NotShared(Exception):
    """Nothing was sent; the message says why."""


def join(root: Path, address: str, name: str) -> Membership:
    """Join a room; what was graded before is told, as far as it is kept.
    Raises ValueError, membership.Refused, membership.Unreachable.
    """
    before = membership.kept(root)
    member = membership.join(root, address, name)
    if before and before.url != member.url:
        Outbox(root).clear()
    telling.tell(root, _kept(root), "grade")
    telling.resume(root)
    return member


def _kept(root: Path) -> list[report.Exercise]:
    from flaxkata.judge.options import GradeOptions
    from flaxkata.judge.store import Results

    results, exercises = Results(root), catalog.exercises(root)
    found = results.find(results.keys(exercises, root / "exercises", GradeOptions()))
    return [found[e.path] for e in exercises if e.path in found]


def leave(root: Path, member: Membership) -> str:
    """Leave a room; what to say."""
    waiting = 0
    with contextlib.suppress(sqlite3.Error, OSError):
        waiting = Outbox(root).waiting()
    lost = f" {waiting} posts were not sent, and will not be." * bool(waiting)
    try:
        membership.leave(root, member)
    except (membership.Refused, membership.Unreachable) as error:
        return f"You left the room {member.room}; nothing is sent any longer. The board does not know yet: {error}{lost}"
    return f"You left the room {member.room}; nothing is sent any longer.{lost}"


def share(root: Path, exercise: Exercise, question: str, text: str | None = None) -> str:
    """Send a file, or a cell's text; what to say. Raises NotShared."""
    member = membership.current(root)
    if not member:
        raise NotShared("This folder is in no room. `kata join URL` joins one.")
    try:
        telling.share(root, exercise, python_files.read_source(exercise.stub) if text is None else text, question)
    except (python_files.NoText, sqlite3.Error, OSError) as error:
        raise NotShared(f"Nothing was sent: {error}.") from None
    return f"Your hand is raised: {exercise.number} {exercise.slug} goes to the instructor of {member.room} as it is now."


def standing(root: Path) -> str:
    """The room, what waits and why, and the last posts; nothing outside of any
    room.
    """
    member, outbox = membership.current(root), Outbox(root)
    if not member:
        return ""
    lines = [f"You are in the room {member.room} as {member.name}: {member.url}"]
    try:
        latest, waiting, trouble = outbox.latest(LAST), outbox.waiting(), outbox.trouble()
        fetched = outbox.fetched().values()
    except (sqlite3.Error, OSError) as error:
        return f"{lines[0]}\nWhat is to be sent cannot be read in {outbox.file}: {error}."
    if waiting:
        posts = "1 post waits to be sent." if waiting == 1 else f"{waiting} posts wait to be sent, in order."
        lines.append(f"{posts} {trouble}".rstrip())
    lines += [f"A record from the board is not used: {why}." for why in fetched if why]
    if used := sum(not why for why in fetched):
        lines.append(f"Records of mistakes that came from the board: {used}. `kata taught` lists them.")
    lines += [f"{_when(post.made)}  {_state(post)}  {_title(post)}" for post in reversed(latest)]
    lines += ["The last post, in full:", _in_full(latest[0])] if latest else ["Nothing was sent yet."]
    return "\n".join(lines)


def _in_full(post: Waiting) -> str:
    """As JSON, with numbers beside one another."""
    text = json.dumps(json.loads(post.what), indent=1)
    return re.sub(r"\[[^\[\]{}\"]*\]", lambda numbers: re.sub(r"\s+", " ", numbers[0]), text)


def _when(seconds: float) -> str:
    return time.strftime("%H:%M:%S", time.localtime(seconds))


def _state(post: Waiting) -> str:
    return f"refused ({post.refused})" if post.refused else "sent" if post.sent else "waits"


def _title(post: Waiting) -> str:
    what = json.loads(post.what)
    return f"{what['kind']} {what['exercise']} {what.get('state', '')} {', '.join(what.get('mistakes', []))}".rstrip()
