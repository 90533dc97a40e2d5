"""The process that sends what is in a learner's outbox: one at a time, in
order, until the board has it.

    python -m flaxkata.learner.sender ROOT

It also fetches the records of mistakes that the board has. It outlives the
command that started it, and ends by itself.
"""

import contextlib
import json
import math
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import filelock

from flaxkata import posts
from flaxkata.learner import membership
from flaxkata.learner.outbox import Outbox, Waiting

LINGER = 120.0  # seconds without a new post until it ends
GIVE_UP = 15 * 60.0  # seconds without a board, or without a new post, until it ends; the next verdict starts it again
LOOK = 0.1  # seconds between two looks
ASK = 15.0  # seconds until the board is asked again for records
LONGEST = 15.0  # seconds between two attempts
NEVER = (400, 413, 422)  # the board's answers to what it will never take
_started: list[subprocess.Popen[bytes]] = []  # by this process, which buries them


def start(root: Path) -> None:
    """Have what is in the outbox sent, unless a sender is at work."""
    outbox = Outbox(root)
    lock = filelock.FileLock(outbox.lock)
    try:
        lock.acquire(timeout=0)
    except filelock.Timeout:
        return  # it looks once more after it has let go
    lock.release()
    _started[:] = [process for process in _started if process.poll() is None]
    command = [sys.executable, "-P", "-m", "flaxkata.learner.sender", str(root)]
    nothing = subprocess.DEVNULL
    flags = getattr(subprocess, "DETACHED_PROCESS", 0) | getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0)
    _started.append(
        subprocess.Popen(command, stdin=nothing, stdout=nothing, stderr=nothing, start_new_session=True, creationflags=flags)
    )


def main(root: Path) -> None:
    """Send until nothing comes any longer. What is added while it lets go of
    the lock is seen by the last look.
    """
    outbox = Outbox(root)
    while True:
        try:
            with filelock.FileLock(outbox.lock, timeout=0):
                _Sending(root, outbox).until_idle()
        except filelock.Timeout:
            return
        if not membership.current(root) or not outbox.first() or outbox.trouble():
            return


class _Sending:
    """One stretch of it."""

    def __init__(self, root: Path, outbox: Outbox) -> None:
        self._root, self._outbox = root, outbox
        self._wait, self._news = 0.0, time.monotonic()
        self._seen, self._asked, self._taught = -1, -math.inf, ""

    def until_idle(self) -> None:
        self._outbox.say("")
        while member := membership.current(self._root):
            post = self._outbox.first()
            if post and post.seq > self._seen:
                self._seen, self._news = post.seq, time.monotonic()
            idle = time.monotonic() - self._news
            if idle > (GIVE_UP if post else LINGER):
                return
            if not post:
                self._learn(member)
                time.sleep(LOOK)
            elif not self._send(member, post):
                return

    def _send(self, member: membership.Membership, post: Waiting) -> bool:
        """Whether to go on."""
        age = min(max(time.time() - post.made, 0.0), 86_400.0)
        try:
            said = membership.post(member.url, "/api/posts", member.key, _body(post, age))
            self._outbox.done(post.seq)
            if said.get("taught", "") != self._taught:
                self._asked = -math.inf
        except membership.Refused as refused:
            if refused.status == 401:
                self._outbox.say(str(refused))
                return False
            if refused.status in NEVER:
                self._outbox.done(post.seq, str(refused))
                return True
            return self._again(str(refused))
        except membership.Unreachable as error:
            return self._again(str(error))
        if self._wait:
            self._wait = 0.0
            self._outbox.say("")
        return True

    def _learn(self, member: membership.Membership) -> None:
        """Fetch the records that are new, where it is time to ask."""
        if time.monotonic() - self._asked < ASK:
            return
        self._asked = time.monotonic()
        with contextlib.suppress(membership.Refused, membership.Unreachable, posts.Malformed, OSError):
            from flaxkata.learner import lessons  # half a second, which no post waits

            self._taught = lessons.fetch(self._root, self._outbox, member)

    def _again(self, trouble: str) -> bool:
        self._outbox.say(trouble)
        self._wait = min(self._wait * 2 or 0.5, LONGEST)
        time.sleep(self._wait)
        return True


def _body(post: Waiting, age: float) -> str:
    head = json.dumps({"id": post.id, "age": age})
    return f'{head[:-1]}, "what": {post.what}}}'


if __name__ == "__main__":
    with contextlib.suppress(sqlite3.Error, OSError, KeyboardInterrupt):
        main(Path(sys.argv[1]))
