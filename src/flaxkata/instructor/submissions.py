"""Submissions of a cohort: sub-folders, zips or git checkouts, one a learner,
read without trusting them.

Only regular files with the names of exercises are taken, from `exercises/` in a
submission or from its root. Nothing is unpacked, nothing is followed, nothing
is run.
"""

import functools
import os
import stat
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from flaxkata import catalog

MOST = 1 << 20  # bytes of one exercise's file; our longest solution has 6 kB
NAMED = 20_000  # files looked at in one submission
LISTED = 200  # names of ignored files that are kept


@dataclass
class Submission:
    """What one learner handed in: texts by exercise number, and for files that
    were refused the reason.
    """

    learner: str
    source: str
    texts: dict[str, bytes] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)
    ignored: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Entry:
    """A file of a submission: its path in it, why it cannot be read, or how."""

    path: str
    refused: str
    read: Callable[[], bytes] = bytes  # at most MOST + 1
    is_link: bool = False  # to a file or to a folder


def read_all(folder: Path, exercises: list[catalog.Exercise]) -> tuple[list[Submission], list[str]]:
    """All submissions in `folder`, by name, and what lies there that is
    none.
    """
    found: list[Submission] = []
    other: list[str] = []
    for path in sorted(folder.iterdir(), key=lambda p: p.name.casefold()):
        if path.name.startswith((".", "__")) or path.is_symlink() or not (path.is_dir() or _is_zip(path)):
            other.append(path.name)
            continue
        name = path.name if path.is_dir() else path.stem
        if any(name == s.learner for s in found):
            name = path.name  # anna/ and anna.zip
        found.append(read(path, name, exercises))
    return found, other


def _is_zip(path: Path) -> bool:
    return path.suffix.lower() == ".zip" and path.is_file()


def read(path: Path, learner: str, exercises: list[catalog.Exercise]) -> Submission:
    """One submission. A folder that holds nothing but one zip (as some course
    systems give it) is that zip.
    """
    submission = Submission(learner, path.name)
    try:
        if path.is_dir():
            zips = [p for p in path.iterdir() if _is_zip(p) and not p.is_symlink()]
            if len(zips) != 1 or any(True for e in _in_folder(path) if _wanted(e.path, "", exercises)):
                _take(submission, list(_in_folder(path)), exercises)
                return submission
            path = zips[0]
        with zipfile.ZipFile(path) as archive:
            _take(submission, list(_in_zip(archive)), exercises)
    except (zipfile.BadZipFile, OSError, NotImplementedError, ValueError) as error:
        _refuse_all(submission, exercises, f"{path.name} cannot be read: {error}")
    return submission


def _refuse_all(submission: Submission, exercises: list[catalog.Exercise], why: str) -> None:
    submission.refused = {e.number: why for e in exercises}


def _take(submission: Submission, entries: list[Entry], exercises: list[catalog.Exercise]) -> None:
    """Sort a submission's files into what is taken, refused and ignored."""
    chosen = _choose(entries, exercises)
    taken = {entry.path for entry in chosen.values()}
    submission.ignored = [e.path for e in entries if e.path not in taken][:LISTED]
    for number, entry in sorted(chosen.items()):
        text, reason = _read(entry)
        if reason:
            submission.refused[number] = f"The file {entry.path} {reason}; it was not graded."
        else:
            submission.texts[number] = text


def _choose(entries: list[Entry], exercises: list[catalog.Exercise]) -> dict[str, Entry]:
    """The file of each exercise, by number; those in `exercises/` go before
    others.
    """
    outer = _outer([e.path for e in entries], exercises)
    found: dict[str, tuple[int, Entry]] = {}
    for entry in entries:
        number, rank = _wanted(entry.path, outer, exercises) or ("", 0)
        if number and (number not in found or rank < found[number][0]):
            found[number] = (rank, entry)
    chosen = {number: entry for number, (_, entry) in found.items()}
    for link in (e for e in entries if e.is_link):
        chosen = {e.number: link for e in exercises if _is_behind(link, outer, e)} | chosen
    return chosen


def _is_behind(link: Entry, outer: str, exercise: catalog.Exercise) -> bool:
    """Whether an exercise's file would lie in the folder that a link leads
    to.
    """
    return any(f"{outer}{path}".startswith(f"{link.path}/") for path in (f"exercises/{exercise.file}", exercise.file))


def _read(entry: Entry) -> tuple[bytes, str]:
    """A file's content, and why it is refused, if it is."""
    if entry.refused:
        return b"", entry.refused
    try:
        text = entry.read()
    except (OSError, zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, ValueError) as error:
        return b"", f"cannot be read: {error}"
    return text, f"is larger than {MOST >> 20} MB" if len(text) > MOST else ""


def _outer(paths: list[str], exercises: list[catalog.Exercise]) -> str:
    """The one folder around everything that many zips have
    (`repository-main/`), or nothing.
    """
    if any(_wanted(p, "", exercises) for p in paths):
        return ""
    tops = {PurePosixPath(p).parts[0] for p in paths if not p.startswith((".", "__MACOSX"))}
    return f"{tops.pop()}/" if len(tops) == 1 else ""


def _wanted(path: str, outer: str, exercises: list[catalog.Exercise]) -> tuple[str, int] | None:
    """The number of the exercise that a path names, and how well: 0 in
    `exercises/`, 1 in the root, 2 without its chapter.
    """
    inside = path.removeprefix(outer)
    for e in exercises:
        places = (f"exercises/{e.file}", e.file, f"{e.stem}.py")
        if inside in places:
            return e.number, places.index(inside)
    return None


def _in_folder(root: Path) -> Iterator[Entry]:
    """The files below a folder. Symbolic links are not followed; a git
    checkout's `.git` is one name.
    """
    count = 0
    for place, folders, names in os.walk(root):
        links = [f for f in folders if os.path.islink(os.path.join(place, f))]
        folders[:] = sorted(f for f in folders if f != ".git" and f not in links)
        for name in [*links, *sorted(names)]:
            full = os.path.join(place, name)
            path = os.path.relpath(full, root).replace(os.sep, "/")
            if (count := count + 1) > NAMED:
                raise ValueError(f"it has more than {NAMED:,} files")
            yield _file(full, path)


def _file(full: str, path: str) -> Entry:
    mode = os.lstat(full).st_mode
    if stat.S_ISLNK(mode):
        return Entry(path, f"is a symbolic link to {os.readlink(full)}, which is not followed", is_link=True)
    if not stat.S_ISREG(mode):
        return Entry(path, "is not a regular file")
    return Entry(path, "", lambda: _bytes(full))


def _bytes(path: str) -> bytes:
    fd = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
    with open(fd, "rb") as file:
        return file.read(MOST + 1)


def _in_zip(archive: zipfile.ZipFile) -> Iterator[Entry]:
    """The files of a zip. Sizes in its directory are not believed."""
    names = archive.infolist()
    if len(names) > NAMED:
        raise ValueError(f"it has more than {NAMED:,} files")
    for info in names:
        if info.is_dir():
            continue
        path = PurePosixPath(info.filename.replace("\\", "/"))
        if path.is_absolute() or ".." in path.parts:
            # It is named after the exercise that it would have hit, so that the report can say so.
            inside = "/".join(p for p in path.parts if p not in ("..", "/"))
            yield Entry(inside, f"is called {info.filename} in the zip, a path that leads out of it")
        elif stat.S_ISLNK(info.external_attr >> 16):
            yield Entry(str(path), "is a symbolic link in the zip, which is not followed")
        else:
            yield Entry(str(path), "", functools.partial(_unzipped, archive, info))


def _unzipped(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes:
    with archive.open(info) as file:
        return file.read(MOST + 1)
