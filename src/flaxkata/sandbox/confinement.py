"""What confines a sandbox, on Linux and without privileges: Landlock for files,
seccomp for everything else, rlimits.

`prepare` is called where no learner's code runs, `enter` in a process of one
thread that will run it; there is no way back out. What the system cannot do is
left out, and `enter` says what is in force. Sources: landlock(7),
linux/landlock.h.
"""

import contextlib
import ctypes
import os
import socket
import struct
import sys
import sysconfig
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flaxkata.sandbox import seccomp
from flaxkata.wire import Confinement

try:
    import resource
except ImportError:  # Windows
    resource = None  # type: ignore[assignment]

FILE_SIZE = 64 << 20  # bytes of one file that a submission writes
OPEN_FILES = 256
PYTORCH = ("torch", "torchgen", "functorch", "torchvision", "torchaudio", "triton")
SYSTEM = ["/usr", "/lib", "/lib64", "/bin", "/opt", "/proc", "/sys/devices/system", "/sys/fs/cgroup"]
SYSTEM += ["/etc/ld.so.cache", "/etc/localtime", "/etc/nsswitch.conf", "/etc/passwd", "/dev/urandom", "/dev/null"]

# What is in force, as predicates: learners read them after "Graded code", instructors in a list.
FILES = "may only access its own working directory and read Python's files"
CALLS = "may not use the network, start programs or processes, or send signals to others"
LIMITS = f"may not write files of more than {FILE_SIZE >> 20} MB or dump core"


@dataclass
class PreparedRuleset:
    """A Landlock ruleset that only has to be entered; -1 where there is none.
    `outside` is what lies around the folder of all working directories: paths,
    and whether all in them may be read or only their names.
    """

    ruleset: int
    abi: int
    outside: list[tuple[str, bool]]
    cache: str


# --- Landlock: which files ---

EXECUTE, WRITE, READ, LIST = 1 << 0, 1 << 1, 1 << 2, 1 << 3
TRUNCATE, REFER, DEVICE = 1 << 14, 1 << 13, 1 << 15
ONE_FILE = EXECUTE | WRITE | READ | TRUNCATE | DEVICE  # what can be allowed for something that is no folder
CREATE_RULESET, ADD_RULE, RESTRICT_SELF = 444, 445, 446
_libc: Any = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


def _call(number: int, *arguments: object) -> int:
    result = _libc.syscall(ctypes.c_long(number), *arguments)
    if result < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return result


def _abi() -> int:
    """The version of Landlock that the kernel has; 0 for none. KATA_LANDLOCK=1
    takes it for an old one.
    """
    with contextlib.suppress(OSError, AttributeError):
        return min(
            _call(CREATE_RULESET, None, ctypes.c_size_t(0), ctypes.c_uint(1)), int(os.environ.get("KATA_LANDLOCK", "99"))
        )
    return 0


def _handled(abi: int) -> int:
    return (1 << 13) - 1 | (abi >= 2) * REFER | (abi >= 3) * TRUNCATE | (abi >= 5) * DEVICE


def _ruleset(abi: int, files: int) -> int:
    net, scoped = (3 if abi >= 4 else 0), (3 if abi >= 6 else 0)  # TCP; abstract sockets and signals
    size = 8 if abi < 4 else 16 if abi < 6 else 24
    attributes = ctypes.create_string_buffer(struct.pack("=QQQ", files, net, scoped), 24)
    return _call(CREATE_RULESET, attributes, ctypes.c_size_t(size), ctypes.c_uint(0))


def _allow(ruleset: int, path: str, access: int) -> None:
    try:
        fd = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:  # what is not there need not be allowed
        return
    try:
        access &= -1 if os.path.isdir(path) else ONE_FILE
        rule = ctypes.create_string_buffer(struct.pack("=Qi", access, fd), 12)
        _call(ADD_RULE, ctypes.c_int(ruleset), ctypes.c_int(1), rule, ctypes.c_uint(0))
    finally:
        os.close(fd)


def readable(path: str, hidden: set[str]) -> Iterator[tuple[str, bool]]:
    """What of `path` may be read around what is `hidden`: paths, and whether
    all in them or only their names.
    """
    if path in hidden:
        return
    if not any(h.startswith(path.rstrip("/") + "/") for h in hidden):
        yield path, True
        return
    yield path, False
    with contextlib.suppress(OSError):
        for entry in os.scandir(path):
            if not entry.is_symlink():  # what it leads to has a path of its own
                yield from readable(entry.path, hidden)


def pytorch() -> set[str]:
    """Where PyTorch is installed, as far as this Python, and the system's,
    could find it.
    """
    places = {sysconfig.get_paths()[name] for name in ("purelib", "platlib")} | set(sys.path)
    for prefix in (sys.prefix, sys.base_prefix, "/usr", "/usr/local"):
        places |= {str(p) for p in Path(prefix).glob("lib*/python3*/*-packages")}
        places |= {str(p) for p in Path(prefix).glob("lib*/python3/*-packages")}
    found = {os.path.realpath(os.path.join(p, name)) for p in places for name in PYTORCH}
    return {f for f in found if os.path.isdir(f)}


def _python() -> set[str]:
    """Folders that Python itself reads: the standard library and what is
    installed beside it.
    """
    paths = {*sysconfig.get_paths().values(), os.path.join(sys.base_prefix, "lib"), os.path.join(sys.prefix, "lib")}
    paths |= {p for p in sys.path if p.endswith("-packages")}  # such as the user's own
    return {os.path.realpath(p) for p in paths} | {sys.prefix + "/pyvenv.cfg"}


def prepare(confinement: Confinement, cache: str) -> PreparedRuleset:
    """Read the file system once, for all sandboxes to come; `cache` is where
    compiled code lies, to be read by name only.
    """
    if not (abi := _abi()):
        return PreparedRuleset(-1, 0, [], cache)
    ruleset = _ruleset(abi, _handled(abi))
    hidden = {os.path.realpath(h) for h in confinement.hidden} | pytorch()
    allowed = sorted({os.path.realpath(p) for p in SYSTEM} | _python())
    for path in allowed:
        _allow_reading(ruleset, readable(path, hidden))
    _allow_cache(ruleset, cache)
    _allow(ruleset, confinement.scratch, _handled(abi) & ~DEVICE)
    outside = [found for path in allowed for found in readable(path, {os.path.realpath(confinement.scratch)})]
    return PreparedRuleset(ruleset, abi, outside, cache)


def _allow_reading(ruleset: int, places: Iterable[tuple[str, bool]]) -> None:
    for place, whole in places:
        _allow(ruleset, place, EXECUTE | READ | LIST if whole else LIST)


def _allow_cache(ruleset: int, cache: str) -> None:
    """And what may be written anywhere."""
    _allow(ruleset, cache, READ)  # an entry's name is a digest of the computation: nobody finds another's
    _allow(ruleset, "/dev/null", READ | WRITE)


def _landlock(prepared: PreparedRuleset, scratch: str) -> None:
    """Two layers, and both must allow what is done: what all sandboxes may, and
    of the folder of all working directories only the own one.
    """
    own = _ruleset(prepared.abi, _handled(prepared.abi))
    _allow_reading(own, prepared.outside)
    _allow_cache(own, prepared.cache)
    _allow(own, scratch, _handled(prepared.abi) & ~DEVICE)
    for ruleset in (prepared.ruleset, own):
        _call(RESTRICT_SELF, ctypes.c_int(ruleset), ctypes.c_uint(0))
        os.close(ruleset)


# --- all of it ---


def enter(prepared: PreparedRuleset, confinement: Confinement, notices: socket.socket | None) -> list[str]:
    """Shut this process, which must have one thread, into a new working
    directory. Returns what is in force, as text. The judge hears through
    `notices` of what is refused.
    """
    scratch = confinement.working_directory(os.getpid())
    os.makedirs(scratch, mode=0o700, exist_ok=True)
    os.chdir(scratch)
    os.environ |= {"HOME": scratch, "TMPDIR": scratch, "PWD": scratch}
    inside = []
    if resource:
        for name, most in (("FSIZE", FILE_SIZE), ("CORE", 0), ("NOFILE", OPEN_FILES)):
            hard = resource.getrlimit(getattr(resource, f"RLIMIT_{name}"))[1]
            most = most if hard == resource.RLIM_INFINITY else min(most, hard)
            resource.setrlimit(getattr(resource, f"RLIMIT_{name}"), (most, most))
        inside.append(LIMITS)
    if _libc and not _libc.prctl(38, 1, 0, 0, 0):  # PR_SET_NO_NEW_PRIVS
        _drop_capabilities()
        if prepared.abi:
            _landlock(prepared, scratch)
            inside.append(FILES)
        with contextlib.suppress(OSError, KeyError):
            seccomp.enter(notices)
            inside.append(CALLS)
    return inside


def _drop_capabilities() -> None:
    """Where root runs this: some of root's powers pass Landlock by, such as
    reading another process's environment.
    """
    _libc.capset(ctypes.create_string_buffer(struct.pack("=Ii", 0x20080522, 0), 8), ctypes.create_string_buffer(24))
