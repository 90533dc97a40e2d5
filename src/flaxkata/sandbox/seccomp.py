"""The filter of system calls: what `system_calls` has in its tables, and with
which arguments, as a program for the kernel.

A call that is refused waits until the judge, told through a `listener`, gives
it its error (`judge.refusals`): so that the report can name it. Where there is
no listener, the kernel gives the error itself. Only a call of another machine's
kind ends the process. Sources: seccomp(2), linux/seccomp.h, linux/filter.h.
"""

import ctypes
import errno
import os
import platform
import socket
import struct
import sys
from typing import Any

from flaxkata import system_calls
from flaxkata.system_calls import AARCH64, ABSENT, CONDITIONAL, REFUSED, X86_64

MACHINES = {"x86_64": (X86_64, 0xC000003E), "aarch64": (AARCH64, 0xC00000B7)}
LOAD, AND, EQUAL, AT_LEAST, RETURN = 0x20, 0x54, 0x15, 0x35, 0x06  # BPF: ld, and, jeq, jge, ret
ALLOW, ASK, ERROR, KILL_PROCESS = 0x7FFF0000, 0x7FC00000, 0x00050000, 0x80000000
THREAD = 0x00010F00  # clone's flags for a thread that shares memory, files and signals
APART = 0x7E020000  # those for new namespaces
SPECIAL, TRUNCATE = 0o3, 0o1000  # a way to open that Landlock does not look at; to empty a file
SHARED_MEMORY = 0x21  # mmap's MAP_SHARED and MAP_ANONYMOUS: memory that stays when it is in no process
# Duplicates, flags, locks, a pipe's size. With others, whoever owns a file is sent signals.
FCNTL = [0, 1, 2, 3, 4, 5, 6, 7, 9, 36, 37, 38, 1030, 1032]
IOCTL = [0x5401, 0x802C542A, 0x5413, 0x541B, 0x5421, 0x5450, 0x5451]  # is it a terminal, its size, what is ready, blocking
# Names of threads and mappings, timers, what is in force. Who may look into the process stays as it is: the judge has to.
PRCTL = [1, 2, 3, 8, 15, 16, 21, 23, 29, 30, 38, 39, 41, 42, 0x53564D41]
SET_FILTER, NEW_LISTENER = 1, 8
_libc: Any = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None

Step = tuple[int, int, int, int]  # a BPF instruction: code, jump if true, if false, k


def program(which: int, audit: int, pid: int, refusal: int = ERROR) -> bytes:
    """The filter, for the process `pid`. `refusal` is what happens to what is
    refused: ASK, or ERROR.
    """
    no = _refused(refusal, errno.EPERM)
    steps = [(LOAD, 0, 0, 4), (EQUAL, 1, 0, audit), (RETURN, 0, 0, KILL_PROCESS), (LOAD, 0, 0, 0)]
    if which == X86_64:
        steps += [(AT_LEAST, 0, 1, 0x40000000), no]  # the x32 calls, which have other numbers
    for name, conditions in _conditions(pid, no).items():
        steps += _when(CONDITIONAL[name][which], *conditions)
    for absent in ABSENT.values():
        steps += _when(absent[which], _refused(ERROR, errno.ENOSYS))
    steps += _when(REFUSED["seccomp"][which], _ALLOWED) + _when(REFUSED["sendmsg"][which], _ALLOWED)  # until `last`
    for numbers in REFUSED.values():
        steps += _when(numbers[which], no)
    if which == AARCH64:
        return _packed([*steps, _ALLOWED])
    for number in system_calls.allowed():
        steps += _when(number, _ALLOWED)
    return _packed([*steps, _refused(refusal, errno.ENOSYS)])


def last(which: int) -> bytes:
    """The filter after it: takes back what handing over the listener needed."""
    taken = [step for name in ("seccomp", "sendmsg") for step in _when(REFUSED[name][which], _refused(ERROR, errno.EPERM))]
    return _packed([(LOAD, 0, 0, 0), *taken, _ALLOWED])


_ALLOWED: Step = (RETURN, 0, 0, ALLOW)


def _refused(refusal: int, error: int) -> Step:
    return (RETURN, 0, 0, ASK if refusal == ASK else refusal | error)


def _when(number: int, *then: Step) -> list[Step]:
    """For one call; none has the number -1."""
    return [(EQUAL, 0, len(then), number), *then] if number >= 0 else []


def _packed(steps: list[Step]) -> bytes:
    return b"".join(struct.pack("=HBBI", *step) for step in steps)


def _conditions(pid: int, no: Step) -> dict[str, list[Step]]:
    """With which arguments a call is allowed."""

    def argument(n: int, high: bool = False) -> Step:
        return (LOAD, 0, 0, 16 + 8 * n + 4 * high)

    def among(n: int, values: list[int]) -> list[Step]:
        return [argument(n), *(step for v in values for step in _when(v, _ALLOWED)), no]

    def masked(n: int, mask: int, refused: list[int]) -> list[Step]:
        return [argument(n), (AND, 0, 0, mask), *(step for v in refused for step in _when(v, no)), _ALLOWED]

    opening = [TRUNCATE, SPECIAL, TRUNCATE | SPECIAL]
    return {
        "open": masked(1, TRUNCATE | SPECIAL, opening),
        "openat": masked(2, TRUNCATE | SPECIAL, opening),
        "mmap": masked(3, SHARED_MEMORY, [SHARED_MEMORY]),
        "fcntl": among(1, FCNTL),
        "ioctl": among(1, IOCTL),
        "prctl": among(0, PRCTL),
        "close_range": masked(2, 2, [2]),  # a thread with files of its own, which the guard does not see
        "clone": [argument(0), (AND, 0, 0, THREAD | APART), *_when(THREAD, _ALLOWED), no],
        "kill": among(0, [pid]),
        "tgkill": among(0, [pid]),
        "socketpair": among(0, [socket.AF_UNIX]),  # asyncio, and so Orbax, wakes itself with one
        # (pid, resource, new, old): to read, new must be null, in both halves
        "prlimit64": [argument(2), (EQUAL, 1, 0, 0), no, argument(2, high=True), *_when(0, _ALLOWED), no],
    }


def enter(notices: socket.socket | None) -> None:
    """Let the kernel filter this process from now on, and hand the listener to
    the judge through `notices`.

    Raises OSError where the kernel has no filters, KeyError for a machine
    without a table.
    """
    which, audit = MACHINES[platform.machine()]
    listener = _install(which, program(which, audit, os.getpid(), ASK), NEW_LISTENER) if notices else -1
    if notices and listener >= 0:
        socket.send_fds(notices, [b"."], [listener])
        os.close(listener)
    elif _install(which, program(which, audit, os.getpid())) < 0:
        raise OSError(ctypes.get_errno(), "seccomp")
    _install(which, last(which))


def _install(which: int, code: bytes, flags: int = 0) -> int:
    """The listener's file descriptor with NEW_LISTENER, else 0; -1 where it
    failed.
    """
    text = ctypes.create_string_buffer(code, len(code))
    head = ctypes.create_string_buffer(struct.pack("@HP", len(code) // 8, ctypes.addressof(text)))
    number = ctypes.c_long(REFUSED["seccomp"][which])
    return int(_libc.syscall(number, ctypes.c_uint(SET_FILTER), ctypes.c_uint(flags), ctypes.byref(head)))
