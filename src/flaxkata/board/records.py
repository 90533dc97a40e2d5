"""Records of mistakes that got a name: files in a folder, which learners'
machines fetch. Nothing of a record is run, here or there.
"""

import hashlib
import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from flaxkata import posts

LOOK = 2.0  # seconds between two looks at the folder


@dataclass(frozen=True)
class About:
    """What a record says: the name of a mistake, and the words for it."""

    exercise: str
    slug: str
    words: str


class Records:
    """Those in a folder now. `read` says what a file is about, and None of one
    that cannot be used.
    """

    def __init__(self, folder: Path, read: Callable[[Path], About | None]) -> None:
        self._folder, self._read = folder, read
        self._looked, self._seen = -math.inf, [("", 0, 0)]
        self._files: dict[str, Path] = {}
        self._words: dict[tuple[str, str], str] = {}
        self._digest = ""

    def offered(self) -> posts.Offered:
        """What there is to fetch."""
        self._look()
        return posts.Offered(self._digest, list(self._files))

    def content(self, digest: str) -> bytes | None:
        """A record as JSON; None if there is none, or no longer."""
        self._look()
        try:
            return self._files[digest].read_bytes()
        except (KeyError, OSError):
            return None

    def words(self, exercise: str, slug: str) -> str:
        """The words for a mistake; none for one that no record names."""
        self._look()
        return self._words.get((exercise, slug), "")

    def _look(self) -> None:
        now = time.monotonic()
        if now - self._looked < LOOK:
            return
        self._looked = now
        try:
            found = [(str(path), (about := path.stat()).st_mtime_ns, about.st_size) for path in self._folder.glob("*.json")]
            if (seen := sorted(found)) != self._seen:
                self._read_all([Path(name) for name, _, _ in seen])
                self._seen = seen
        except OSError:  # it changes at this moment
            self._looked = -math.inf

    def _read_all(self, paths: list[Path]) -> None:
        files: dict[str, Path] = {}
        words: dict[tuple[str, str], str] = {}
        for path in paths:
            if (about := self._read(path)) and len(files) < posts.MOST_RECORDS:
                files[hashlib.sha256(path.read_bytes()).hexdigest()] = path
                words[about.exercise, about.slug] = about.words
        self._files, self._words = files, words
        self._digest = hashlib.sha256("".join(sorted(files)).encode()).hexdigest()[:16] if files else ""
