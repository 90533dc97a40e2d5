"""What archives hold, listed and read without unpacking them and without
believing them.

Whatever an archive says of itself may be a lie: sizes, counts, names. So all
reading is counted, and every failure of the libraries becomes a sentence.
"""

import bz2
import functools
import gzip
import io
import lzma
import math
import re
import stat
import tarfile
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath
from typing import IO, Any

READ = re.compile(r"\.(zip|tar|tgz|tbz2?|txz|tar\.gz|tar\.bz2|tar\.xz)(?= ?\(\d+\)$|$)", re.IGNORECASE)
UNREAD = re.compile(r"\.(7z|rar|zst|tzst|lz|lz4|lzma|ace|cab|sitx?|dmg)$", re.IGNORECASE)
OTHER_KINDS = {b"7z\xbc\xaf\x27\x1c": "7z", b"Rar!": "rar", b"\x28\xb5\x2f\xfd": "zst"}
COMPRESSED: dict[bytes, Callable[[Any], Any]] = {b"\x1f\x8b": gzip.open, b"BZh": bz2.open, b"\xfd7zXZ": lzma.open}

FILES = 100_000  # that are looked at in one submission
ARCHIVES = 500  # that are opened in one submission
UNPACKED = 512 << 20  # bytes that are read in one submission
INNER = 64 << 20  # bytes of an archive in an archive
LONGEST = 1000  # characters of a path or an error
AT_ONCE = 16 << 20  # bytes: the names in a zip with a hundred thousand files
PIECE = 4096  # bytes to unpack: some 100 MB of zeros, where bzip2 packed them


class TooMuch(ValueError):
    """A submission is larger than anybody's work."""


@dataclass
class Allowance(ExitStack):
    """What may still be read of one submission; closes what was opened."""

    files: int = FILES
    archives: int = ARCHIVES
    unpacked: int = UNPACKED

    def __post_init__(self) -> None:
        super().__init__()

    def count_file(self) -> None:
        self.files -= 1
        if self.files < 0:
            raise TooMuch(f"it has more than {FILES:,} files")

    def count_bytes(self, count: int) -> None:
        self.unpacked -= count
        if self.unpacked < 0:
            raise TooMuch(f"more than {UNPACKED >> 20} MB would have to be unpacked")


@dataclass(frozen=True)
class Entry:
    """A file of a submission: its path in it, why it is refused, or how it is
    opened, or what it holds, where that was read already; when it was changed.
    A `place` is a folder, a link or an archive that was not looked into, so
    that anything may be in it.
    """

    path: str
    refused: str = ""
    open: Callable[[], IO[bytes]] = field(default=io.BytesIO, repr=False)
    changed: float = 0
    place: bool = False
    content: bytes | None = field(default=None, repr=False)

    def read(self, allowance: Allowance, most: int) -> bytes:
        """At most one byte more than `most`."""
        if self.content is not None:
            return self.content[: most + 1]
        with self.open() as file:
            return _read(file, allowance, most + 1)


def _read(file: IO[bytes], allowance: Allowance, most: int) -> bytes:
    """In pieces: a few bytes may unpack to gigabytes, and the libraries unpack
    all that they are given.
    """
    found = bytearray()
    while len(found) < most and (piece := file.read(min(PIECE, most - len(found)))):
        allowance.count_bytes(len(piece))
        found += piece
    return bytes(found)


def kind_of(name: str) -> str:
    """What a name says: `read` for an archive that is looked into, the suffix
    of one that is not, or nothing.
    """
    found = UNREAD.search(name)
    return "read" if READ.search(name) else found[1].lower() if found else ""


def without_suffix(name: str) -> str:
    """`anna` for `anna.tar.gz`."""
    found = READ.search(name) or UNREAD.search(name)
    return name[: found.start()] or name if found else name


def refusal(kind: str) -> str:
    """Why an archive of another kind is not read."""
    return f"is a {kind} archive, which is not read: send a zip"


def unread(error: Exception) -> str:
    """Why something is refused that gave an error."""
    return f"cannot be read: {text(getattr(error, 'strerror', None) or str(error) or type(error).__name__)[:LONGEST]}"


def text(name: str) -> str:
    """A name as text: what is not UTF-8 in it is replaced."""
    return re.sub("[\ud800-\udfff]", "\N{REPLACEMENT CHARACTER}", name)


def entries(archive: Entry, allowance: Allowance, wanted: Callable[[str], bool]) -> Iterator[Entry]:
    """What is in an archive, below its own path; of a tar, which is read from
    one end to the other, only `wanted` paths can be opened. An archive that
    cannot be read is one entry, after those that could.
    """
    try:
        allowance.archives -= 1
        if allowance.archives < 0:
            raise TooMuch(f"the submission has more than {ARCHIVES} archives")
        file = _Counted(allowance.enter_context(archive.open()), allowance)
        for entry in _listed(file, allowance, lambda name: wanted(f"{archive.path}/{name}")):
            allowance.count_file()
            yield replace(entry, path=f"{archive.path}/{entry.path}")
    except Exception as error:  # zipfile and tarfile raise whatever the bytes make them stumble over
        yield Entry(archive.path, str(error) if isinstance(error, _Other) else unread(error), place=True)


class _Other(Exception):
    """An archive of another kind."""


class _Counted:
    """A file that gives no more at once than a list of names needs."""

    def __init__(self, file: IO[bytes], allowance: Allowance, counts: bool = False) -> None:
        self._file, self._allowance, self._counts = file, allowance, counts
        self.seekable, self.tell, self.close = file.seekable, file.tell, file.close

    def read(self, size: int = -1) -> bytes:
        if self._counts:
            self._allowance.count_bytes(max(0, size))
        found = self._file.read(min(size, AT_ONCE + 1) if size >= 0 else AT_ONCE + 1)
        if len(found) > AT_ONCE:
            raise TooMuch(f"its list of names is larger than {AT_ONCE >> 20} MB")
        return found

    def seek(self, to: int, whence: int = 0) -> int:
        if self._counts:  # a packed file is read up to there; backwards, from its beginning
            here = self._file.tell()
            self._allowance.count_bytes(to - here if to >= here else to)
        return self._file.seek(to, whence)


def _listed(file: Any, allowance: Allowance, wanted: Callable[[str], bool]) -> Iterator[Entry]:
    """By what the file is, whatever its name says."""
    head = file.read(512)
    file.seek(0)
    for magic, kind in OTHER_KINDS.items():
        if head.startswith(magic):
            raise _Other(refusal(kind))
    for magic, unpack in COMPRESSED.items():
        if head.startswith(magic):
            return _in_tar(_Counted(allowance.enter_context(unpack(file)), allowance, counts=True), allowance, wanted)
    is_zip = head[257:262] != b"ustar" and (head.startswith(b"PK") or zipfile.is_zipfile(file))
    file.seek(0)
    return _in_zip(file, allowance) if is_zip else _in_tar(file, allowance, wanted)


# --- zips ---


def _in_zip(file: Any, allowance: Allowance) -> Iterator[Entry]:
    archive = allowance.enter_context(zipfile.ZipFile(file))
    for info in archive.infolist():
        if not info.orig_filename.endswith(("/", "\\")):
            refused = _unnamed(info.orig_filename) or _unzippable(info)
            opened = functools.partial(archive.open, info)
            yield Entry(_inside(info.orig_filename), refused, opened, _seconds(info.date_time))


def _unzippable(info: zipfile.ZipInfo) -> str:
    if stat.S_ISLNK(info.external_attr >> 16):
        return "is a symbolic link in the zip, which is not followed"
    return "is encrypted" if info.flag_bits & 1 else ""


def _seconds(moment: tuple[int, ...]) -> float:
    try:
        return time.mktime((*moment, 0, 0, -1))  # type: ignore[arg-type]
    except (ValueError, OverflowError):
        return 0


# --- tars ---


def _in_tar(file: Any, allowance: Allowance, wanted: Callable[[str], bool]) -> Iterator[Entry]:
    archive = allowance.enter_context(tarfile.TarFile(fileobj=file))
    for member in archive:
        if member.isdir():
            allowance.count_file()  # one of negative size comes again and again
            continue
        path = _inside(member.name)
        refused = _unnamed(member.name) or ("" if member.isreg() else "is a link or a device in the archive")
        content = None
        if not refused and wanted(path) and (found := archive.extractfile(member)):
            content = _read(found, allowance, INNER + 1)
        moment = member.mtime if math.isfinite(member.mtime) else 0
        yield Entry(path, refused, changed=moment, content=content)


# --- names ---


def _unnamed(name: str) -> str:
    """Why a file of this name is refused."""
    if "\0" in name:
        return "has a NUL character in its name in the archive"
    if ".." in PurePosixPath(name.replace("\\", "/")).parts:
        return f"is called {text(name)[-LONGEST:]} in the archive, a path that leads out of it"
    return ""


def _inside(name: str) -> str:
    """The path in the archive. One that leads out is that of the file that it
    would have hit, so that the report can say so.
    """
    parts = PurePosixPath(name.replace("\0", "").replace("\\", "/")).parts
    return text("/".join(p for p in parts if p not in ("..", "/")))[-LONGEST:] or "a file without a name"
