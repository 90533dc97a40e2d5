"""What is to be told to the board, and was, and which records came from it:
`.kata/outbox.sqlite`.

Any process of the learner's adds to it; one sender at a time takes from it.
"""

import hashlib
import sqlite3
import time
import uuid
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

WAITS = "sent IS NULL AND refused IS NULL"
KEPT = 200  # posts that were sent, to be looked at
SCHEMA = """
CREATE TABLE IF NOT EXISTS posts (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL, made REAL NOT NULL, what TEXT NOT NULL, sent REAL, refused TEXT);
CREATE TABLE IF NOT EXISTS told (exercise TEXT PRIMARY KEY, digest TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS fetched (digest TEXT PRIMARY KEY, trouble TEXT NOT NULL) WITHOUT ROWID;
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


@dataclass(frozen=True)
class Verdict:
    """One that may be told: `what` as JSON, whether the exercise was begun, and
    whether the verdict was kept from before.
    """

    exercise: str
    what: str
    begun: bool
    kept: bool

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.what.encode()).hexdigest()

    def is_news(self, told: Mapping[str, str], count: int) -> bool:
        """Whether it is to be told, as one of so many: `told` has the digest of
        the last one by exercise.
        """
        unbegun = count > 1 and not self.begun and self.exercise not in told
        return not unbegun and not (self.kept and told.get(self.exercise) == self.digest)


def _add(database: sqlite3.Connection, posts: list[tuple[str, str]]) -> None:
    rows = [(id, time.time(), what) for id, what in posts]
    database.executemany("INSERT INTO posts (id, made, what) VALUES (?, ?, ?)", rows)


class Outbox:
    """The file. Methods raise sqlite3.Error and OSError where it cannot be read
    or written.
    """

    def __init__(self, root: Path) -> None:
        self.file = root / ".kata" / "outbox.sqlite"
        self.lock = self.file.with_name("outbox.lock")  # held by the sender

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        """A transaction. It does not wait for the disk: what is in the file
        outlives any process, and what a power cut takes is told no longer.
        """
        self.file.parent.mkdir(parents=True, exist_ok=True)
        with closing(sqlite3.connect(self.file, timeout=10)) as database:
            try:
                database.execute("PRAGMA synchronous = OFF")
                if not database.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
                    database.execute("PRAGMA journal_mode = WAL")
                    database.executescript(SCHEMA)
            except sqlite3.OperationalError:
                raise
            except sqlite3.DatabaseError:  # a power cut may have left it so; the next one begins again
                self.file.replace(self.file.with_name(f"{self.file.name}.damaged"))
                raise
            with database:
                yield database

    def add(self, posts: list[tuple[str, str]]) -> None:
        """Posts, as id and JSON."""
        with self._open() as database:
            _add(database, posts)

    def add_new(self, verdicts: list[Verdict]) -> bool:
        """Add those of these verdicts that are news; whether anything waits to
        be sent.
        """
        with self._open() as database:
            told = dict(database.execute("SELECT exercise, digest FROM told").fetchall())
            new = [v for v in verdicts if v.is_news(told, len(verdicts))]
            _add(database, [(uuid.uuid4().hex, v.what) for v in new])
            database.executemany("INSERT OR REPLACE INTO told VALUES (?, ?)", [(v.exercise, v.digest) for v in new])
            return bool(database.execute(f"SELECT 1 FROM posts WHERE {WAITS} LIMIT 1").fetchone())

    def first(self) -> Waiting | None:
        """The next one to be sent."""
        with self._open() as database:
            row = database.execute(f"SELECT * FROM posts WHERE {WAITS} ORDER BY seq LIMIT 1").fetchone()
        return Waiting(*row) if row else None

    def waiting(self) -> int:
        """How many are still to be sent."""
        with self._open() as database:
            return database.execute(f"SELECT count(*) FROM posts WHERE {WAITS}").fetchone()[0]

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

    def fetched(self) -> dict[str, str]:
        """The records that came from the board, by digest: why one was dropped,
        or nothing.
        """
        with self._open() as database:
            return dict(database.execute("SELECT digest, trouble FROM fetched").fetchall())

    def add_fetched(self, digest: str, trouble: str) -> None:
        """A record came."""
        with self._open() as database:
            database.execute("INSERT OR REPLACE INTO fetched VALUES (?, ?)", (digest, trouble))

    def clear(self) -> None:
        """Forget everything: it was for another board."""
        with self._open() as database:
            for table in ("posts", "told", "fetched", "trouble"):
                database.execute(f"DELETE FROM {table}")
