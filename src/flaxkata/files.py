"""Files that appear whole or not at all, for several writers that may be killed
at any moment.
"""

import contextlib
import json
import os
import secrets
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import filelock

UNFINISHED = ".part"  # the suffix of a file that is being written
PATIENCE = 10  # seconds to wait for another writer


def write(path: Path, content: str | bytes, mode: int = 0o666) -> None:
    """Put `content` at `path`: readers see the old file or the new one. `mode`
    is narrowed by the process's umask. Raises OSError, and leaves the old file.
    """
    data = content.encode() if isinstance(content, str) else content
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f"{path.name}.{os.getpid()}-{threading.get_ident()}{UNFINISHED}")
    try:
        with open(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "wb") as file:
            file.write(data)
        unfinished.replace(path)
    except OSError:
        unfinished.unlink(missing_ok=True)
        raise


def write_if_possible(path: Path, content: str | bytes) -> None:
    """The same, where a folder that cannot be written costs time or comfort and
    nothing else, as in a read-only checkout.
    """
    with contextlib.suppress(OSError):
        write(path, content)


def update_json(path: Path, change: Callable[[dict[str, Any]], dict[str, Any]]) -> dict[str, Any]:
    """Put what `change` makes of the JSON object at `path` in its place; the
    new one. One writer after another, so that none loses an entry of another's.

    A file that holds something else is kept beside it, as `.damaged`. Where
    nothing can be written, nothing is.
    """
    with contextlib.suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        with filelock.FileLock(path.parent / ".lock", timeout=PATIENCE):
            old = read_json(path)
            if not old and path.exists():
                path.replace(path.with_name(f"{path.name}.damaged"))
            new = change(old)
            write(path, json.dumps(new))
            return new
    return change(read_json(path))


def remove(folder: Path) -> None:
    """Remove a folder and what is in it, however deep and whatever its modes,
    as far as possible. No code may be at work in it.

    What lies deep is moved up first: a path can be longer than the system
    takes, and more folders can lie in one another than Python calls functions.
    """
    unique, waiting = secrets.token_hex(8), [] if folder.is_symlink() else [str(folder)]
    for place in waiting:  # grows meanwhile
        for entry in _entries(place):
            with contextlib.suppress(OSError):
                if entry.is_dir(follow_symlinks=False):
                    os.chmod(entry.path, 0o700)
                    os.rename(entry.path, moved := f"{folder}/{unique}-{len(waiting)}")
                    waiting.append(moved)
                else:
                    os.unlink(entry.path)
    for place in reversed(waiting):
        with contextlib.suppress(OSError):
            os.rmdir(place)


def _entries(folder: str) -> list[os.DirEntry[str]]:
    with contextlib.suppress(OSError):
        os.chmod(folder, 0o700)
        return list(os.scandir(folder))
    return []


def read_json(path: Path) -> dict[str, Any]:
    """The JSON object at `path`; an empty one if there is none."""
    try:
        data = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return data if isinstance(data, dict) else {}


def user_cache() -> Path:
    """The folder for what is kept and belongs to no folder of exercises: the
    user's own cache.
    """
    home = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "flaxkata"
    try:
        home.mkdir(parents=True, exist_ok=True)
    except OSError:
        return Path(tempfile.gettempdir(), "flaxkata")
    return home
