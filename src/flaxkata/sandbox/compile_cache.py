"""What JAX need not compile twice: its persistent compilation cache, on files
that appear whole or not at all.

JAX 0.10's own file cache writes in place and never writes an entry again: a
process killed while writing leaves a broken entry for good. Here an entry that
differs from what was written is a miss.
"""

import contextlib
import hashlib
from pathlib import Path

from flaxkata import files
from flaxkata.sandbox import jax_private

LIMIT = 300 << 20  # bytes; the solutions of a chapter need about 10 MB
DIGEST = 16


class AtomicFileCache:
    """What JAX asks of a cache: `get` and `put`."""

    def __init__(self, folder: str) -> None:
        self._path = Path(folder)
        self._path.mkdir(parents=True, exist_ok=True)

    def get(self, key: str) -> bytes | None:
        """The entry, or None if there is no whole one."""
        try:
            entry = self._file(key).read_bytes()
        except OSError:
            return None
        return entry[DIGEST:] if _digest(entry[DIGEST:]) == entry[:DIGEST] else None

    def put(self, key: str, value: bytes) -> None:
        """Write an entry; a folder that cannot be written costs only time."""
        files.write_if_possible(self._file(key), _digest(value) + value)

    def _file(self, key: str) -> Path:
        return self._path / hashlib.sha256(key.encode()).hexdigest()


def _digest(value: bytes) -> bytes:
    return hashlib.blake2b(value, digest_size=DIGEST).digest()


def use(folder: str) -> None:
    """Let JAX keep what it compiles in `folder`; touches no device."""
    import jax

    if jax_private.set_file_cache(AtomicFileCache):
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
        found = sorted(((p.stat().st_mtime, p.stat().st_size, p) for p in Path(folder).iterdir()), reverse=True)
        total = 0
        for _, size, path in found:
            total += size
            if total > limit or path.suffix == files.UNFINISHED:
                path.unlink(missing_ok=True)
