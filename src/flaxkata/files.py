"""Files that appear whole or not at all, for several writers that may be killed
at any moment.
"""

import contextlib
import json
import os
import threading
from pathlib import Path
from typing import Any

UNFINISHED = ".part"  # the suffix of a file that is being written


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


def read_json(path: Path) -> dict[str, Any]:
    """The JSON object at `path`; an empty one if there is none."""
    try:
        data = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return data if isinstance(data, dict) else {}
