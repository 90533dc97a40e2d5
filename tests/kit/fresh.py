"""A fresh clone, as far as the files go."""

import contextlib
import os
import shutil
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def clone(folder: Path) -> Path:
    """Put the files that git tracks, or will, into `folder`, unless they are
    there as they are here; returns it.
    """
    for name in tracked():
        here, there = ROOT / name, folder / name
        if not there.exists() or _looks(there) != _looks(here):
            there.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(here, there)
    return folder


def tracked() -> list[str]:
    """The paths of these files in the kit."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    names = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    return [name for name in filter(None, names.split("\0")) if (ROOT / name).is_file()]


def _looks(path: Path) -> tuple[int, int, int]:
    stat = path.stat()
    return stat.st_size, stat.st_mtime_ns, stat.st_mode


def restore(folder: Path, *parts: str) -> None:
    """Make these parts of a clone what they were: what is new goes, what is
    missing or has changed is copied again.
    """
    names = set(tracked())
    for top, folders, files in (found for part in parts for found in os.walk(folder / part, topdown=False)):
        for name in files:
            if Path(top, name).relative_to(folder).as_posix() not in names:
                Path(top, name).unlink()
        for name in folders:
            with contextlib.suppress(OSError):  # it is not empty
                Path(top, name).rmdir()
    clone(folder)
