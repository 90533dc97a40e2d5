"""The filter of system calls, run here as the kernel would run it, for both
machines it has numbers for; and what may be read.
"""

import errno
import fcntl
import mmap
import os
import socket
import struct

import pytest

from flaxkata import system_calls
from flaxkata.sandbox import confinement, seccomp
from flaxkata.system_calls import ABSENT, CONDITIONAL, REFUSED

PID = 4242
ARM = seccomp.MACHINES["aarch64"]
FORK, A_THREAD = 17, 0x3D0F00  # clone's flags for SIGCHLD, and those of pthread_create


def decision(which: int, audit: int, number: int, *arguments: int, arch: int | None = None, last: bool = False) -> int:
    """What the filter returns for a call: interpreted from linux/filter.h's
    meaning of the five instructions in it.
    """
    data = struct.pack("=iIQ6Q", number, arch or audit, 0, *(list(arguments) + [0] * 6)[:6])
    steps = list(struct.iter_unpack("=HBBI", seccomp.last(which) if last else seccomp.program(which, audit, PID)))
    at, accumulator = 0, 0
    while True:
        code, if_true, if_false, k = steps[at]
        at += 1
        match code:
            case seccomp.LOAD:
                accumulator = struct.unpack_from("=I", data, k)[0]
            case seccomp.AND:
                accumulator &= k
            case seccomp.RETURN:
                return k
            case seccomp.EQUAL:
                at += if_true if accumulator == k else if_false
            case seccomp.AT_LEAST:
                at += if_true if accumulator >= k else if_false


@pytest.fixture(params=sorted(seccomp.MACHINES))
def machine(request):
    return seccomp.MACHINES[request.param]


def refused(found: int) -> bool:
    return found == seccomp.ERROR | errno.EPERM


def test_what_is_refused(machine):
    """`sendmsg` and `seccomp`, which hand over the listener, by the last
    filter.
    """
    for name, numbers in REFUSED.items():
        if numbers[machine[0]] >= 0:
            assert refused(decision(*machine, numbers[machine[0]], last=name in ("sendmsg", "seccomp"))), name


def test_a_refused_call_is_told_where_somebody_listens(machine):
    steps = seccomp.program(*machine, PID, seccomp.ASK)
    assert {k for code, _, _, k in struct.iter_unpack("=HBBI", steps) if code == seccomp.RETURN} == {
        seccomp.ALLOW, seccomp.ASK, seccomp.KILL_PROCESS, seccomp.ERROR | errno.ENOSYS,
    }  # fmt: skip
    ptrace = REFUSED["ptrace"][machine[0]]
    assert system_calls.name(ptrace, machine[0]) == "ptrace" and system_calls.error(ptrace, machine[0]) == errno.EPERM
    assert system_calls.name(999, machine[0]) == "system call 999" and system_calls.error(999, machine[0]) == errno.ENOSYS


def test_threads_and_no_processes(machine):
    number = CONDITIONAL["clone"][machine[0]]
    assert decision(*machine, number, A_THREAD) == seccomp.ALLOW
    without_shared_files, a_namespace = A_THREAD & ~0x400, A_THREAD | 0x10000000
    assert all(refused(decision(*machine, number, flags)) for flags in (FORK, without_shared_files, a_namespace))
    assert all(decision(*machine, numbers[machine[0]]) == seccomp.ERROR | errno.ENOSYS for numbers in ABSENT.values())


@pytest.mark.parametrize("call", ["kill", "tgkill"])
def test_signals_to_oneself_alone(call, machine):
    number = CONDITIONAL[call][machine[0]]
    assert decision(*machine, number, PID, 9) == seccomp.ALLOW
    assert all(refused(decision(*machine, number, other, 9)) for other in (1, 0, 2**64 - 1, PID + 1))


def test_limits_can_be_read_and_not_set(machine):
    number = CONDITIONAL["prlimit64"][machine[0]]
    assert decision(*machine, number, 0, 7, 0, 0x7FFF_1234) == seccomp.ALLOW
    assert refused(decision(*machine, number, 0, 7, 0x7FFF_1234, 0))
    assert refused(decision(*machine, number, 0, 7, 0x7FFF_0000_0000, 0))  # an address whose lower half is 0


def test_socket_pairs_within_the_process_alone(machine):
    """asyncio wakes itself with one; the kernel has them for families of the
    network too.
    """
    number = CONDITIONAL["socketpair"][machine[0]]
    assert decision(*machine, number, socket.AF_UNIX, socket.SOCK_STREAM) == seccomp.ALLOW
    assert all(refused(decision(*machine, number, family)) for family in range(46) if family != socket.AF_UNIX)


def test_a_file_is_emptied_only_where_it_may_be_written(machine):
    """Landlock before its third version sees only whether a file is opened to
    be read or written.
    """
    number = CONDITIONAL["openat"][machine[0]]
    assert decision(*machine, number, 0, 0, os.O_WRONLY | os.O_CREAT | os.O_TRUNC) == seccomp.ALLOW
    assert decision(*machine, number, 0, 0, os.O_RDONLY) == seccomp.ALLOW
    assert all(refused(decision(*machine, number, 0, 0, flags)) for flags in (os.O_TRUNC, 3, 3 | os.O_TRUNC))


@pytest.mark.parametrize(
    ("call", "place", "allowed", "denied"),
    [
        ("fcntl", 1, [fcntl.F_SETFL, fcntl.F_OFD_SETLK], [fcntl.F_SETOWN, 10, fcntl.F_SETLEASE]),  # F_SETSIG
        ("ioctl", 1, [0x5401, 0x5421], [0x8901, 0x8902, 0x5452, 0x5412]),  # TCGETS, FIONBIO; FIOSETOWN to TIOCSTI
        ("prctl", 0, [15], [4, 0x59616D61]),  # PR_SET_NAME; PR_SET_DUMPABLE, PR_SET_PTRACER
        ("close_range", 2, [0, 4], [2, 6]),  # CLOSE_RANGE_UNSHARE
        ("mmap", 3, [mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS, mmap.MAP_SHARED], [mmap.MAP_SHARED | mmap.MAP_ANONYMOUS, 0x23]),
    ],
)  # fmt: skip
def test_arguments(call, place, allowed, denied, machine):
    def decided(value):
        return decision(*machine, CONDITIONAL[call][machine[0]], *[0] * place, value)

    assert all(decided(value) == seccomp.ALLOW for value in allowed)
    assert all(refused(decided(value)) for value in denied)


def test_other_calls(machine):
    """On x86_64 what is in no table does not exist, also what a later kernel
    has; on aarch64 it is allowed.
    """
    known = {n[machine[0]] for table in (REFUSED, CONDITIONAL, ABSENT) for n in table.values()}
    known |= {*system_calls.allowed()} if machine != ARM else set()
    other = seccomp.ALLOW if machine == ARM else seccomp.ERROR | errno.ENOSYS
    assert all(decision(*machine, n) == other for n in {*range(600)} - known)
    if machine != ARM:
        assert all(decision(*machine, n) == seccomp.ALLOW for n in system_calls.allowed())


def test_each_call_is_in_one_table():
    numbers = [n[0] for table in (REFUSED, CONDITIONAL, ABSENT) for n in table.values() if n[0] >= 0] + system_calls.allowed()
    assert len(numbers) == len(set(numbers))


def test_calls_with_other_numbers(machine):
    """32-bit calls end the process; x32's, on x86_64, are refused."""
    assert decision(*machine, 39, arch=0x40000003) == seccomp.KILL_PROCESS
    if machine != ARM:
        assert refused(decision(*machine, 0x40000000 + 39))


def test_what_may_be_read_around_what_is_hidden(tmp_path):
    for place in ("a/b/hidden", "a/b/shown", "c"):
        (tmp_path / place).mkdir(parents=True)
    (tmp_path / "link").symlink_to(tmp_path / "a")
    found = dict(confinement.readable(str(tmp_path), {str(tmp_path / "a/b/hidden")}))
    names = {os.path.relpath(path, tmp_path): whole for path, whole in found.items()}
    assert names == {".": False, "a": False, "a/b": False, "a/b/shown": True, "c": True}
