"""Results that need not be computed again, by the digest of everything that
decides a verdict.

One file of SQLite: any number of processes may read and write it, and a killed
one leaves it whole.
"""

import ast
import contextlib
import functools
import hashlib
import json
import sqlite3
import sys
import time
from collections.abc import Iterable, Iterator
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path

import msgspec

from flaxkata import python_files, report
from flaxkata.exercise import Exercise
from flaxkata.judge.options import GradeOptions

PACKAGE = Path(__file__).parents[1]
LIBRARIES = ("jax", "jaxlib", "flax", "optax", "numpy", "torch")
# What shows a verdict, and what decides whose it is, does not decide the verdict.
APART = ("cli.py", "__main__.py", "stubs.py", "posts.py", "commands", "render", "learner", "instructor", "board")
KEPT = 200  # results of an exercise in a learner's store
UNCERTAIN = (report.Outcome.TIMEOUT, report.Outcome.KILLED)  # a busy machine may have caused these

SCHEMA = "CREATE TABLE IF NOT EXISTS results (key TEXT PRIMARY KEY, exercise TEXT, kept_at REAL, data BLOB) WITHOUT ROWID"


def digest(*texts: str) -> str:
    """SHA-256 of texts, in hexadecimal."""
    return hashlib.sha256(json.dumps(texts).encode()).hexdigest()


def sources() -> list[Path]:
    """The kit's files that decide a verdict."""
    return sorted(p for p in PACKAGE.rglob("*.py") if p.relative_to(PACKAGE).parts[0] not in APART)


@functools.cache
def grader_digest() -> str:
    """The grader that runs, and the libraries."""
    texts = [f"{p.relative_to(PACKAGE).as_posix()}\n{p.read_text('utf-8')}" for p in sources()]
    return digest(*texts, json.dumps(libraries()), sys.version)


@functools.cache
def libraries() -> dict[str, str]:
    """The versions of the libraries that compute."""
    return {name: version(name).partition("+")[0] for name in LIBRARIES}  # torch 2.13.0+cpu computes as 2.13.0


def checks_digest(exercise: Exercise) -> str:
    """Of the checks, what runs beside the answer, and the twin."""
    twin = python_files.blank(exercise.solution.read_text("utf-8"), python_files.JAX)
    graded = [exercise.graded] if exercise.tests.exists() else []
    return digest(twin, *graded, *(p.read_text("utf-8") for p in (exercise.inside,) if p.exists()))


def conditions(exercise: Exercise, device: str) -> str:
    """All that a result depends on beside the submission: the checks, the twin,
    the grader, the libraries, the device.
    """
    return digest(checks_digest(exercise), grader_digest(), device)


def result_key(exercise: Exercise, content: bytes, options: GradeOptions, path: str = "") -> str:
    """The key of a result; `path` is the file's, where it may matter."""
    settings = [options.secret, options.limit, options.memory, options.here, options.shared, options.tolerance_scale]
    settings += map(repr, options.constants)
    file = hashlib.sha256(content).hexdigest()
    return digest(conditions(exercise, options.device), exercise.number, json.dumps(settings), file, path)


class ResultStore:
    """Results by key, in a file. Raises sqlite3.Error where it cannot be read
    or written.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        file.parent.mkdir(parents=True, exist_ok=True)
        with self._open() as database:
            database.execute(SCHEMA)

    @contextlib.contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        """A connection for one transaction: none is open while processes are
        forked.
        """
        with contextlib.closing(sqlite3.connect(self._file, timeout=60)) as database, database:
            yield database

    def get(self, keys: list[str]) -> dict[str, report.Exercise]:
        """The results that are there, by key."""
        with self._open() as database:
            rows = [database.execute("SELECT key, data FROM results WHERE key = ?", (key,)).fetchone() for key in keys]
        return {row[0]: msgspec.msgpack.decode(row[1], type=report.Exercise) for row in rows if row}

    def put(self, results: dict[str, report.Exercise]) -> None:
        """Keep results, all or none of them."""
        with self._open() as database:
            rows = [(key, e.id, time.time(), msgspec.msgpack.encode(e)) for key, e in results.items()]
            database.executemany("INSERT OR REPLACE INTO results VALUES (?, ?, ?, ?)", rows)

    def prune(self, exercises: Iterable[str], most: int = KEPT) -> None:
        """Remove the oldest results of exercises."""
        kept = "SELECT key FROM results WHERE exercise = :id ORDER BY kept_at DESC LIMIT :most"
        with self._open() as database:
            rows = [{"id": exercise, "most": most} for exercise in exercises]
            database.executemany(f"DELETE FROM results WHERE exercise = :id AND key NOT IN ({kept})", rows)


class Results:
    """What a learner's store keeps of submissions' files. One that cannot be
    read or written costs time alone.
    """

    def __init__(self, root: Path, fresh: bool = False) -> None:
        """With `fresh`, nothing is found, and what is graded is kept."""
        self._file, self._fresh = root / ".kata" / "results.sqlite", fresh

    def keys(self, exercises: list[Exercise], submission: Path, options: GradeOptions) -> dict[str, str]:
        """The keys of the files that are there now, by the exercise's path."""
        keys = {}
        for e in exercises:
            path = e.submitted(submission)
            with contextlib.suppress(OSError):
                content = path.read_bytes()
                if not _imports_neighbors(content, [path.parent, submission, Path.cwd()]):
                    keys[e.path] = result_key(e, content, options, str(path))
        return keys

    def find(self, keys: dict[str, str]) -> dict[str, report.Exercise]:
        """The results of these keys that are there, by the exercise's path."""
        if self._fresh or not keys:
            return {}
        with contextlib.suppress(sqlite3.Error, OSError, msgspec.MsgspecError):
            found = ResultStore(self._file).get(list(keys.values()))
            return {path: replace(found[key], kept=True) for path, key in keys.items() if key in found}
        return {}

    def keep(self, before: dict[str, str], now: dict[str, str], results: dict[str, report.Exercise]) -> None:
        """Keep results by the exercise's path, unless a busy machine may have
        caused them. The keys are those from `before` the run and from `now`:
        they differ for a file that was saved meanwhile, whose result is not
        kept.
        """
        certain = {
            before[path]: result
            for path, result in results.items()
            if path in before and before[path] == now.get(path) and not any(c.outcome in UNCERTAIN for c in result.checks)
        }
        with contextlib.suppress(sqlite3.Error, OSError):
            store = ResultStore(self._file)
            store.put(certain)
            store.prune(result.id for result in certain.values())


def _imports_neighbors(content: bytes, folders: list[Path]) -> bool:
    """Whether a file imports another one of its author's, whose changes no key
    knows of.
    """
    try:
        tree = ast.parse(content)
    except (SyntaxError, ValueError, RecursionError, MemoryError):  # the last two: nested too deep
        return False
    names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    names |= {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    tops = {name.partition(".")[0] for name in names}
    return any((folder / name).is_dir() or (folder / f"{name}.py").exists() for folder in folders for name in tops if name)
