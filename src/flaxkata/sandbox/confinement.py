"""What confines a sandbox, on Linux and without privileges: Landlock for files,
seccomp for everything else, rlimits.

`prepare` is called where no learner's code runs, `enter` in a process of one
thread that will run it; there is no way back out. What the system cannot do is
left out, and `enter` says what is in force. Sources: landlock(7), seccomp(2),
linux/landlock.h, linux/seccomp.h and the system call tables of Linux 6.18.
"""

import contextlib
import ctypes
import errno
import os
import platform
import socket
import struct
import sys
import sysconfig
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flaxkata.wire import Confinement

try:
    import resource
except ImportError:  # Windows
    resource = None  # type: ignore[assignment]

FILE_SIZE = 64 << 20  # bytes of one file that a submission writes
OPEN_FILES = 256
PYTORCH = ("torch", "torchgen", "functorch", "torchvision", "torchaudio", "triton")
SYSTEM = ["/usr", "/lib", "/lib64", "/bin", "/opt", "/proc", "/sys/devices/system", "/sys/fs/cgroup"]
SYSTEM += ["/etc/ld.so.cache", "/etc/localtime", "/etc/nsswitch.conf", "/etc/passwd", "/dev/urandom", "/dev/null", "/dev/zero"]

# What is in force, as predicates: learners read them after "Graded code", instructors in a list.
FILES = "may only access its own working directory and read Python's files"
CALLS = "may not use the network, start programs or processes, or send signals to others"
LIMITS = f"may not write files of more than {FILE_SIZE >> 20} MB or dump core"


@dataclass
class PreparedRuleset:
    """A Landlock ruleset that only has to be entered; -1 where there is
    none.
    """

    ruleset: int
    abi: int


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
    """The version of Landlock that the kernel has; 0 for none."""
    with contextlib.suppress(OSError, AttributeError):
        return _call(CREATE_RULESET, None, ctypes.c_size_t(0), ctypes.c_uint(1))
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
    return {os.path.realpath(p) for p in paths} | {sys.prefix + "/pyvenv.cfg"}


def prepare(confinement: Confinement, cache: str) -> PreparedRuleset:
    """Read the file system once, for all sandboxes to come; `cache` is where
    compiled code lies, to be read by name only.
    """
    if not (abi := _abi()):
        return PreparedRuleset(-1, 0)
    ruleset = _ruleset(abi, _handled(abi))
    hidden = {os.path.realpath(h) for h in confinement.hidden} | pytorch()
    allowed = {os.path.realpath(p) for p in SYSTEM} | _python()
    for path in sorted(allowed):
        for place, whole in readable(path, hidden):
            _allow(ruleset, place, EXECUTE | READ | LIST if whole else LIST)
    _allow(ruleset, cache, READ)  # an entry's name is a digest of the computation: nobody finds another's
    _allow(ruleset, "/dev/null", READ | WRITE)
    _allow(ruleset, confinement.scratch, _handled(abi) & ~DEVICE)
    return PreparedRuleset(ruleset, abi)


def _landlock(prepared: PreparedRuleset, scratch: str) -> None:
    """Two layers: what all sandboxes may, and of the folder of all working
    directories only the own one.
    """
    changing = _handled(prepared.abi) & ~(EXECUTE | READ | LIST | DEVICE)
    own = _ruleset(prepared.abi, changing)
    _allow(own, scratch, changing)
    _allow(own, "/dev/null", WRITE)
    for ruleset in (prepared.ruleset, own):
        _call(RESTRICT_SELF, ctypes.c_int(ruleset), ctypes.c_uint(0))
        os.close(ruleset)


# --- seccomp: which system calls ---

MACHINES = {"x86_64": (0, 0xC000003E), "aarch64": (1, 0xC00000B7)}
# By name: the number on x86_64, and on aarch64 (-1: there is none).
DENIED = {
    "execve": (59, 221), "execveat": (322, 281), "fork": (57, -1), "vfork": (58, -1),
    "setsid": (112, 157), "setpgid": (109, 154), "unshare": (272, 97), "setns": (308, 268),
    "tkill": (200, 130), "rt_sigqueueinfo": (129, 138), "rt_tgsigqueueinfo": (297, 240),
    "pidfd_open": (434, 434), "pidfd_send_signal": (424, 424), "pidfd_getfd": (438, 438),
    "ptrace": (101, 117), "process_vm_readv": (310, 270), "process_vm_writev": (311, 271),
    "socket": (41, 198), "connect": (42, 203), "bind": (49, 200), "listen": (50, 201),
    "accept": (43, 202), "accept4": (288, 242), "io_uring_setup": (425, 425),
    "shmget": (29, 194), "shmat": (30, 196), "msgget": (68, 186), "semget": (64, 190), "mq_open": (240, 180),
    "chmod": (90, -1), "fchmod": (91, 52), "fchmodat": (268, 53), "fchmodat2": (452, 452),
    "chown": (92, -1), "fchown": (93, 55), "lchown": (94, -1), "fchownat": (260, 54),
    "setxattr": (188, 5), "lsetxattr": (189, 6), "fsetxattr": (190, 7), "setxattrat": (463, 463),
    "removexattr": (197, 14), "lremovexattr": (198, 15), "fremovexattr": (199, 16),
    "utime": (132, -1), "utimes": (235, -1), "futimesat": (261, -1), "utimensat": (280, 88),
    "setrlimit": (160, 164), "setpriority": (141, 140), "sched_setscheduler": (144, 119),
    "mount": (165, 40), "umount2": (166, 39), "pivot_root": (155, 41), "chroot": (161, 51), "fsopen": (430, 430),
    "open_tree": (428, 428), "move_mount": (429, 429), "bpf": (321, 280), "perf_event_open": (298, 241),
    "keyctl": (250, 219), "add_key": (248, 217), "request_key": (249, 218), "userfaultfd": (323, 282),
    "name_to_handle_at": (303, 264), "open_by_handle_at": (304, 265), "personality": (135, 92),
    "reboot": (169, 142), "kexec_load": (246, 104), "init_module": (175, 105), "finit_module": (313, 273),
    "clock_settime": (227, 112), "settimeofday": (164, 170), "sethostname": (170, 161), "acct": (163, 89),
}  # fmt: skip
CLONE, CLONE3, KILL, TGKILL, PRLIMIT, SOCKETPAIR = (56, 220), (435, 435), (62, 129), (234, 131), (302, 261), (53, 199)
LOAD, EQUAL, ANY_BIT, AT_LEAST, RETURN = 0x20, 0x15, 0x45, 0x35, 0x06  # BPF: ld, jeq, jset, jge, ret
ALLOW, ERROR, KILL_PROCESS = 0x7FFF0000, 0x00050000, 0x80000000
THREAD = 0x00010000  # clone's flag for a thread


def program(which: int, audit: int, pid: int) -> bytes:
    """The filter, for the process `pid`: a list of BPF instructions (code, jump
    if true, if false, k).
    """
    no, absent = ERROR | errno.EPERM, ERROR | errno.ENOSYS

    def when(numbers: tuple[int, int], *then: tuple[int, int, int, int]) -> list[tuple[int, int, int, int]]:
        return [(EQUAL, 0, len(then), numbers[which]), *then] if numbers[which] >= 0 else []

    def argument(n: int, high: bool = False) -> tuple[int, int, int, int]:
        return (LOAD, 0, 0, 16 + 8 * n + 4 * high)

    def only(jump: int, value: int) -> list[tuple[int, int, int, int]]:
        return [(jump, 0, 1, value), (RETURN, 0, 0, ALLOW), (RETURN, 0, 0, no)]

    steps = [(LOAD, 0, 0, 4), (EQUAL, 1, 0, audit), (RETURN, 0, 0, KILL_PROCESS), (LOAD, 0, 0, 0)]
    if which == 0:
        steps += [(AT_LEAST, 0, 1, 0x40000000), (RETURN, 0, 0, no)]  # the x32 calls, which have other numbers
    steps += when(CLONE, argument(0), *only(ANY_BIT, THREAD))
    steps += when(CLONE3, (RETURN, 0, 0, absent))  # its flags cannot be read here; the C library then takes clone
    steps += when(KILL, argument(0), *only(EQUAL, pid)) + when(TGKILL, argument(0), *only(EQUAL, pid))
    steps += when(SOCKETPAIR, argument(0), *only(EQUAL, socket.AF_UNIX))  # asyncio, and so Orbax, wakes itself with one
    # prlimit64(pid, resource, new, old): to read, new must be null, in both halves
    steps += when(PRLIMIT, argument(2), (EQUAL, 1, 0, 0), (RETURN, 0, 0, no), argument(2, high=True), *only(EQUAL, 0))
    for numbers in DENIED.values():
        steps += when(numbers, (RETURN, 0, 0, no))
    return b"".join(struct.pack("=HBBI", *step) for step in [*steps, (RETURN, 0, 0, ALLOW)])


def _seccomp() -> None:
    """Raises OSError where the kernel has no filters, KeyError for a machine
    without a table.
    """
    which, audit = MACHINES[platform.machine()]
    code = program(which, audit, os.getpid())
    text = ctypes.create_string_buffer(code, len(code))
    head = ctypes.create_string_buffer(struct.pack("@HP", len(code) // 8, ctypes.addressof(text)))
    if _libc.prctl(22, 2, ctypes.byref(head), 0, 0):  # PR_SET_SECCOMP, SECCOMP_MODE_FILTER
        raise OSError(ctypes.get_errno(), "seccomp")


# --- all of it ---


def enter(prepared: PreparedRuleset, confinement: Confinement) -> list[str]:
    """Shut this process, which must have one thread, into a new working
    directory. Returns what is in force, as text.
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
            _seccomp()
            inside.append(CALLS)
    return inside


def _drop_capabilities() -> None:
    """Where root runs this: some of root's powers pass Landlock by, such as
    reading another process's environment.
    """
    _libc.capset(ctypes.create_string_buffer(struct.pack("=Ii", 0x20080522, 0), 8), ctypes.create_string_buffer(24))
