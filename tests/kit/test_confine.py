"""The filter of system calls, run here as the kernel would run it, for both
machines it has numbers for.
"""

import errno
import os
import socket
import struct

import pytest

from flaxkata.sandbox import confinement

PID = 4242
ARM = confinement.MACHINES["aarch64"]
FORK, A_THREAD = 17, 0x3D0F00  # clone's flags for SIGCHLD, and those of pthread_create


def decision(which: int, audit: int, number: int, *arguments: int, arch: int | None = None) -> int:
    """What the filter returns for a call: interpreted from linux/filter.h's
    meaning of the five instructions in it.
    """
    data = struct.pack("=iIQ6Q", number, arch or audit, 0, *(list(arguments) + [0] * 6)[:6])
    steps = list(struct.iter_unpack("=HBBI", confinement.program(which, audit, PID)))
    at, accumulator = 0, 0
    while True:
        code, if_true, if_false, k = steps[at]
        at += 1
        match code:
            case confinement.LOAD:
                accumulator = struct.unpack_from("=I", data, k)[0]
            case confinement.RETURN:
                return k
            case confinement.EQUAL:
                at += if_true if accumulator == k else if_false
            case confinement.ANY_BIT:
                at += if_true if accumulator & k else if_false
            case confinement.AT_LEAST:
                at += if_true if accumulator >= k else if_false


@pytest.fixture(params=sorted(confinement.MACHINES))
def machine(request):
    return confinement.MACHINES[request.param]


def refused(found: int) -> bool:
    return found == confinement.ERROR | errno.EPERM


def test_what_is_refused(machine):
    for name, numbers in confinement.DENIED.items():
        if numbers[machine[0]] >= 0:
            assert refused(decision(*machine, numbers[machine[0]])), name


def test_threads_and_no_processes(machine):
    which = machine[0]
    assert decision(*machine, confinement.CLONE[which], A_THREAD) == confinement.ALLOW
    assert refused(decision(*machine, confinement.CLONE[which], FORK))
    assert decision(*machine, confinement.CLONE3[which]) == confinement.ERROR | errno.ENOSYS


@pytest.mark.parametrize("call", [confinement.KILL, confinement.TGKILL])
def test_signals_to_oneself_alone(call, machine):
    number = call[machine[0]]
    assert decision(*machine, number, PID, 9) == confinement.ALLOW
    assert all(refused(decision(*machine, number, other, 9)) for other in (1, 0, 2**64 - 1, PID + 1))


def test_limits_can_be_read_and_not_set(machine):
    number = confinement.PRLIMIT[machine[0]]
    assert decision(*machine, number, 0, 7, 0, 0x7FFF_1234) == confinement.ALLOW
    assert refused(decision(*machine, number, 0, 7, 0x7FFF_1234, 0))
    assert refused(decision(*machine, number, 0, 7, 0x7FFF_0000_0000, 0))  # an address whose lower half is 0


def test_socket_pairs_within_the_process_alone(machine):
    """asyncio wakes itself with one; the kernel has them for families of the
    network too.
    """
    number = confinement.SOCKETPAIR[machine[0]]
    assert decision(*machine, number, socket.AF_UNIX, socket.SOCK_STREAM) == confinement.ALLOW
    assert all(refused(decision(*machine, number, family)) for family in range(46) if family != socket.AF_UNIX)


def test_other_calls_are_allowed(machine):
    known = {
        n[machine[0]]
        for n in [*confinement.DENIED.values(), confinement.CLONE, confinement.CLONE3, confinement.KILL, confinement.TGKILL]
    }
    others = set(range(440)) - known - {confinement.PRLIMIT[machine[0]], confinement.SOCKETPAIR[machine[0]]}
    assert all(decision(*machine, n) == confinement.ALLOW for n in others)


def test_calls_with_other_numbers(machine):
    """32-bit calls end the process; x32's, on x86_64, are refused."""
    assert decision(*machine, 39, arch=0x40000003) == confinement.KILL_PROCESS
    if machine != ARM:
        assert refused(decision(*machine, 0x40000000 + 39))


def test_what_may_be_read_around_what_is_hidden(tmp_path):
    for place in ("a/b/hidden", "a/b/shown", "c"):
        (tmp_path / place).mkdir(parents=True)
    (tmp_path / "link").symlink_to(tmp_path / "a")
    found = dict(confinement.readable(str(tmp_path), {str(tmp_path / "a/b/hidden")}))
    names = {os.path.relpath(path, tmp_path): whole for path, whole in found.items()}
    assert names == {".": False, "a": False, "a/b": False, "a/b/shown": True, "c": True}
