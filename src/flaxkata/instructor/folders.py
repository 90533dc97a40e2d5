"""What a learner's folder holds: regular files, and what is in archives among
them. Symbolic links are not followed.
"""

import functools
import io
import itertools
import os
import stat
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import IO

from flaxkata.instructor import archives, recognition
from flaxkata.instructor.archives import INNER, Allowance, Entry, text

DEPTH = 40  # folders in folders
NESTED = 3  # archives in archives

Wanted = Callable[[str], bool]


def entries(path: Path, allowance: Allowance, wanted: Wanted) -> Iterator[Entry]:
    """All files at `path`, a folder, an archive or a file; those in archives
    below the archive's name. Only `wanted` ones can be opened.
    """
    if path.is_dir() and not path.is_symlink():
        for entry in _in_folder(str(path), allowance):
            yield from _unfolded(entry, allowance, wanted)
        return
    for entry in _unfolded(_file(str(path), text(path.name)), allowance, wanted):
        yield replace(entry, path=entry.path.removeprefix(f"{text(path.name)}/"))


def _unfolded(entry: Entry, allowance: Allowance, wanted: Wanted, depth: int = 0) -> Iterator[Entry]:
    """An entry, or what is in it if it is an archive."""
    kind = archives.kind_of(entry.path)
    if entry.refused or not kind:
        yield entry
    elif kind != "read":
        yield replace(entry, refused=archives.refusal(kind), place=True)
    elif depth == NESTED:
        yield replace(entry, refused="is an archive in too many others", place=True)
    else:
        archive = replace(entry, open=functools.partial(_whole, entry, allowance)) if depth else entry
        for inner in archives.entries(archive, allowance, wanted):
            if not recognition.is_skipped(inner.path):
                yield from _unfolded(inner, allowance, wanted, depth + 1)


def _whole(archive: Entry, allowance: Allowance) -> IO[bytes]:
    """An archive in an archive: to look back and forth in."""
    content = archive.read(allowance, INNER)
    if len(content) > INNER:
        raise archives.TooMuch(f"it is an archive in another, and larger than {INNER >> 20} MB")
    return io.BytesIO(content)


def _in_folder(root: str, allowance: Allowance) -> Iterator[Entry]:
    """The files below a folder, those that lie higher first."""
    waiting = [(root, "")]
    for full, below in waiting:  # it grows
        if below.count("/") > DEPTH:
            yield Entry(below, f"lies in more than {DEPTH} folders and is not looked into", place=True)
            continue
        try:
            children = _children(full, allowance)
        except OSError as error:
            yield Entry(below or ".", archives.unread(error), place=True)
            continue
        except archives.TooMuch as error:
            yield Entry(below or ".", f"is not looked into any further: {error}", place=True)
            return
        for child in children:
            path = f"{below}{text(child.name)}"
            if not child.is_dir(follow_symlinks=False):
                yield _file(child.path, path)
            elif recognition.is_skipped(child.name):
                yield Entry(f"{path}/", "is a folder that tools make")
            else:
                waiting.append((child.path, f"{path}/"))


def _children(full: str, allowance: Allowance) -> list[os.DirEntry[str]]:
    with os.scandir(full) as found:
        children = list(itertools.islice(found, allowance.files + 1))
    for _ in children:
        allowance.count_file()
    return sorted(children, key=lambda child: child.name)


def _file(full: str, path: str) -> Entry:
    try:
        about = os.lstat(full)
        if stat.S_ISLNK(about.st_mode):
            words = f"is a symbolic link to {text(os.readlink(full))}, which is not followed"
            return Entry(path, words, place=os.path.isdir(full))
    except OSError as error:
        return Entry(path, archives.unread(error))
    if not stat.S_ISREG(about.st_mode):
        return Entry(path, "is not a regular file")
    return Entry(path, "", functools.partial(_open, full), about.st_mtime)


def _open(path: str) -> IO[bytes]:
    return open(os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)), "rb")
