"""What is to be told to the board, and was: `.kata/outbox.sqlite`.

Any process of the learner's adds to it; one sender at a time takes from it.
"""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

KEPT = 200  # posts that were sent, to be looked at
SCHEMA = """
CREATE TABLE IF NOT EXISTS posts (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL, made REAL NOT NULL, what TEXT NOT NULL, sent REAL, refused TEXT);
CREATE TABLE IF NOT EXISTS told (exercise TEXT PRIMARY KEY, digest TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS trouble (one INTEGER PRIMARY KEY CHECK (one = 1), words TEXT NOT NULL);
"""


@dataclass(frozen=True)
class Waiting:
    """One post: `what` as JSON, `made` and `sent` in seconds since 1970."""

    seq: int
    id: str
    made: float
    what: str
    sent: float | None = None
    refused: str | None = None


class Outbox:
    """The file. Methods raise sqlite3.Error and OSError where it cannot be read
    or written.
    """

    def __init__(self, root: Path) -> None:
        self.file = root / ".kata" / "outbox.sqlite"
        self.lock = self.file.with_name("outbox.lock")  # held by the sender

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        self.file.parent.mkdir(parents=True, exist_ok=True)
        with closing(sqlite3.connect(self.file, timeout=10)) as database:
            if not database.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
                database.execute("PRAGMA journal_mode = WAL")
                database.executescript(SCHEMA)
            database.execute("PRAGMA synchronous = NORMAL")  # what is in it outlives any process
            with database:
                yield database

    def add(self, posts: list[tuple[str, str]], told: dict[str, str]) -> None:
        """Posts as id and JSON, and the digests of the verdicts among them, by
        exercise.
        """
        with self._open() as database:
            now = time.time()
            database.executemany("INSERT INTO posts (id, made, what) VALUES (?, ?, ?)", [(id, now, what) for id, what in posts])
            database.executemany("INSERT OR REPLACE INTO told VALUES (?, ?)", told.items())

    def told(self) -> dict[str, str]:
        """The digest of the last verdict that was told, by exercise."""
        with self._open() as database:
            return dict(database.execute("SELECT exercise, digest FROM told").fetchall())

    def first(self) -> Waiting | None:
        """The next one to be sent."""
        with self._open() as database:
            wanted = "SELECT * FROM posts WHERE sent IS NULL AND refused IS NULL ORDER BY seq LIMIT 1"
            row = database.execute(wanted).fetchone()
        return Waiting(*row) if row else None

    def waiting(self) -> int:
        """How many are still to be sent."""
        with self._open() as database:
            return database.execute("SELECT count(*) FROM posts WHERE sent IS NULL AND refused IS NULL").fetchone()[0]

    def latest(self, count: int) -> list[Waiting]:
        """The last ones, sent or not, the newest first."""
        with self._open() as database:
            return [Waiting(*row) for row in database.execute("SELECT * FROM posts ORDER BY seq DESC LIMIT ?", (count,))]

    def done(self, seq: int, refused: str | None = None) -> None:
        """A post is on the board, or the board will never take it."""
        with self._open() as database:
            column, value = ("refused", refused) if refused else ("sent", time.time())
            database.execute(f"UPDATE posts SET {column} = ? WHERE seq = ?", (value, seq))
            old = "(SELECT max(seq) FROM posts) - ?"
            database.execute(f"DELETE FROM posts WHERE sent IS NOT NULL AND seq <= {old}", (KEPT,))

    def say(self, trouble: str) -> None:
        """Why nothing is sent at the moment."""
        with self._open() as database:
            database.execute("INSERT OR REPLACE INTO trouble VALUES (1, ?)", (trouble,))

    def trouble(self) -> str:
        """What `say` was told last."""
        with self._open() as database:
            row = database.execute("SELECT words FROM trouble").fetchone()
        return row[0] if row else ""

    def clear(self) -> None:
        """Forget everything: it was for another board."""
        with self._open() as database:
            for table in ("posts", "told", "trouble"):
                database.execute(f"DELETE FROM {table}")
