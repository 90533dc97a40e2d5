"""What JAX need not do twice: its persistent compilation cache, safe for
several writers that may be killed at any moment.

JAX 0.10's own file cache writes in place and never writes an entry again, so
that a process killed while writing leaves a broken entry for good. Here an
entry appears whole or not at all, and one that is not what was written is a
miss.
"""

import contextlib
import hashlib
import os
import threading
from pathlib import Path

LIMIT = 300 << 20  # bytes; the solutions of a chapter need about 10 MB
DIGEST = 16


class Whole:
    """What JAX asks of a cache: `get` and `put`."""

    def __init__(self, folder: str) -> None:
        self._path = Path(folder)
        self._path.mkdir(parents=True, exist_ok=True)

    def get(self, key: str) -> bytes | None:
        """The entry, or None where there is none that is whole."""
        try:
            entry = self._file(key).read_bytes()
        except OSError:
            return None
        return entry[DIGEST:] if _digest(entry[DIGEST:]) == entry[:DIGEST] else None

    def put(self, key: str, value: bytes) -> None:
        """Write an entry beside its place, then put it there; a folder that
        cannot be written costs time alone.
        """
        part = self._path / f"{os.getpid()}-{threading.get_ident()}.part"
        with contextlib.suppress(OSError):
            part.write_bytes(_digest(value) + value)
            part.replace(self._file(key))

    def _file(self, key: str) -> Path:
        return self._path / hashlib.sha256(key.encode()).hexdigest()


def _digest(value: bytes) -> bytes:
    return hashlib.blake2b(value, digest_size=DIGEST).digest()


def use(folder: str) -> None:
    """Let JAX keep what it compiles in `folder`; touches no device. With a JAX
    that has no such place, nothing is kept.
    """
    import jax
    from jax._src import compilation_cache

    if not hasattr(compilation_cache, "get_file_cache"):
        return
    compilation_cache.get_file_cache = lambda path: (Whole(path), path)
    jax.config.update("jax_compilation_cache_dir", folder)
    jax.config.update("jax_persistent_cache_min_compile_time_secs", 0)
    jax.config.update("jax_persistent_cache_min_entry_size_bytes", -1)
    jax.config.update("jax_persistent_cache_enable_xla_caches", "none")  # their folder would be part of each entry's key


def read_only() -> None:
    """Write no more; without this JAX serializes and compresses each entry,
    though it cannot be put anywhere.
    """
    import jax

    jax.config.update("jax_persistent_cache_min_compile_time_secs", float("inf"))


def prune(folder: str, limit: int = LIMIT) -> None:
    """Remove the oldest entries until at most `limit` bytes are left, and what
    killed writers left behind.
    """
    with contextlib.suppress(OSError):
        files = sorted(((p.stat().st_mtime, p.stat().st_size, p) for p in Path(folder).iterdir()), reverse=True)
        total = 0
        for _, size, path in files:
            total += size
            if total > limit or path.suffix == ".part":
                path.unlink(missing_ok=True)
