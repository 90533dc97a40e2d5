"""What a board was told, in one file of SQLite, and the names and secrets of
the room.

One thread writes, and acknowledges what the disk has. A board that is killed
loses nothing that it acknowledged.
"""

import contextlib
import hashlib
import os
import secrets
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import filelock

LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"  # of a room code: none that is taken for another
SCHEMA = """
CREATE TABLE IF NOT EXISTS room (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS learners (
    number INTEGER PRIMARY KEY AUTOINCREMENT, key TEXT UNIQUE NOT NULL, name TEXT NOT NULL, joined REAL NOT NULL, left REAL);
CREATE TABLE IF NOT EXISTS events (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, learner INTEGER NOT NULL REFERENCES learners ON DELETE CASCADE, id TEXT NOT NULL,
    at REAL NOT NULL, kind TEXT NOT NULL, exercise TEXT NOT NULL, body TEXT NOT NULL, answered REAL, UNIQUE (learner, id));
"""


class InUse(Exception):
    """Another board has this file."""


class NotABoard(Exception):
    """The file is something else; the message says what SQLite said."""


@dataclass(frozen=True)
class Learner:
    """Somebody who joined. `key` is the digest of the key that their machine
    made; times are seconds of the board's clock.
    """

    number: int
    key: str
    name: str
    joined: float
    left: float | None = None


@dataclass(frozen=True)
class Event:
    """One post, as it was acknowledged; `body` is its `what` as JSON."""

    learner: int
    id: str
    at: float
    kind: str
    exercise: str
    body: str
    seq: int = 0
    answered: float | None = None


def digest(key: str) -> str:
    """Under which a learner's key is kept: who reads the file cannot post in
    their name.
    """
    return hashlib.sha256(key.encode("utf-8", "replace")).hexdigest()


class Kept:
    """Who joined, and what they posted. Methods raise sqlite3.Error."""

    def __init__(self, database: sqlite3.Connection) -> None:
        self._database = database

    def learners(self) -> list[Learner]:
        """All who joined, the first first."""
        return [Learner(*row) for row in self._database.execute("SELECT * FROM learners ORDER BY number")]

    def events(self, exercise: str = "") -> Iterator[Event]:
        """All events in their order, or those of one exercise."""
        columns = "learner, id, at, kind, exercise, body, seq, answered"
        where = "WHERE ? IN ('', exercise)"
        for row in self._database.execute(f"SELECT {columns} FROM events {where} ORDER BY seq", (exercise,)):
            yield Event(*row)


@contextlib.contextmanager
def read_only(file: Path) -> Iterator[Kept]:
    """What a board has kept, whether it runs or not. Raises sqlite3.Error."""
    with contextlib.closing(sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro", uri=True)) as database:
        yield Kept(database)


class BoardStore(Kept):
    """The file, for one board at a time. Methods raise sqlite3.Error where it
    cannot be written.
    """

    def __init__(self, file: Path) -> None:
        """Raises InUse, NotABoard, OSError."""
        file.parent.mkdir(parents=True, exist_ok=True)
        self.file = file
        self._lock = filelock.FileLock(file.with_name(f"{file.name}.lock"))
        try:
            self._lock.acquire(timeout=0)
        except filelock.Timeout:
            raise InUse from None
        try:
            os.close(os.open(file, os.O_CREAT | os.O_RDWR, 0o600))  # it has names, and the room's secrets
            self._database = sqlite3.connect(file, check_same_thread=False)
            self._database.execute("PRAGMA journal_mode = WAL")
            for pragma in ("synchronous = FULL", "foreign_keys = ON", "secure_delete = ON"):
                self._database.execute(f"PRAGMA {pragma}")
            self._database.executescript(SCHEMA)
        except sqlite3.Error as error:
            self._lock.release()
            raise NotABoard(str(error)) from None

    def close(self) -> None:
        """Let another board have the file."""
        self._database.close()
        self._lock.release()

    # --- the room ---

    def kept(self, name: str, value: str) -> str:
        """What is kept of the room under a name; `value`, from now on, if it is
        new.
        """
        with self._database as database:
            database.execute("INSERT OR IGNORE INTO room VALUES (?, ?)", (name, value))
            return database.execute("SELECT value FROM room WHERE name = ?", (name,)).fetchone()[0]

    def put(self, name: str, value: str) -> None:
        """Keep something else under a name."""
        with self._database as database:
            database.execute("INSERT OR REPLACE INTO room VALUES (?, ?)", (name, value))

    @property
    def code(self) -> str:
        """What learners type to join."""
        return self.kept("code", "".join(secrets.choice(LETTERS) for _ in range(6)))

    @property
    def token(self) -> str:
        """What opens the instructor's page."""
        return self.kept("token", secrets.token_urlsafe(24))

    # --- learners ---

    def join(self, key: str, name: str, at: float) -> Learner:
        """The learner with this key's digest, by this name now."""
        with self._database as database:
            known = "ON CONFLICT (key) DO UPDATE SET name = excluded.name, left = NULL"
            database.execute(f"INSERT INTO learners (key, name, joined) VALUES (?, ?, ?) {known}", (key, name, at))
            return Learner(*database.execute("SELECT * FROM learners WHERE key = ?", (key,)).fetchone())

    def leave(self, number: int, at: float) -> None:
        """A learner is in the room no longer; what they posted stays."""
        with self._database as database:
            database.execute("UPDATE learners SET left = ? WHERE number = ?", (at, number))

    def forget(self, number: int) -> None:
        """Delete a learner, and all that they posted."""
        with self._database as database:
            database.execute("DELETE FROM learners WHERE number = ?", (number,))
        self._database.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # else it can still be read in the log

    # --- events ---

    def add(self, events: Sequence[Event]) -> list[tuple[int, bool]]:
        """Keep events, all or none; of each its number, and whether it is
        new.
        """
        with self._database as database:
            return [self._add(database, event) for event in events]

    def _add(self, database: sqlite3.Connection, e: Event) -> tuple[int, bool]:
        columns = "(learner, id, at, kind, exercise, body)"
        wanted = "SELECT ?, ?, ?, ?, ?, ? WHERE EXISTS (SELECT 1 FROM learners WHERE number = ?)"
        values = (e.learner, e.id, e.at, e.kind, e.exercise, e.body, e.learner)
        done = database.execute(f"INSERT OR IGNORE INTO events {columns} {wanted}", values)
        if done.rowcount:
            return done.lastrowid or 0, True
        row = database.execute("SELECT seq FROM events WHERE learner = ? AND id = ?", (e.learner, e.id)).fetchone()
        return (row[0] if row else 0), False  # 0: the learner was forgotten meanwhile

    def body(self, seq: int) -> str:
        """An event's `what`."""
        return self._database.execute("SELECT body FROM events WHERE seq = ?", (seq,)).fetchone()[0]

    def answer(self, seq: int, at: float) -> None:
        """A raised hand was answered."""
        with self._database as database:
            database.execute("UPDATE events SET answered = ? WHERE seq = ? AND kind = 'share'", (at, seq))

    def last(self) -> float:
        """When the last event happened."""
        return self._database.execute("SELECT max(at) FROM events").fetchone()[0] or 0.0
