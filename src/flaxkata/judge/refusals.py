"""The system calls that a sandbox was refused, by name. Each waits in the
kernel until it gets its error here; nothing can be allowed here.
"""

import contextlib
import fcntl
import os
import platform
import select
import socket
import struct
import threading
import time

from flaxkata import system_calls

RECEIVE, SEND = 0xC0502100, 0xC0182101  # ioctls of linux/seccomp.h
NOTICE, ANSWER = struct.Struct("=QIIiI56x"), struct.Struct("=QqiI")  # id, pid, flags, number, machine; id, value, error, flags
AT_ONCE = 100  # refusals that are answered at once; after them, code that asks for ever waits
PAUSE = 0.002  # seconds
MOST = 10  # names that are kept


class Refusals:
    """What one sandbox is refused, until it ends; `names` in the order in which
    they came.
    """

    def __init__(self, notices: socket.socket) -> None:
        """The sandbox hands its listener over through `notices`."""
        self.names: list[str] = []
        self._machine = system_calls.AARCH64 if platform.machine() == "aarch64" else system_calls.X86_64
        threading.Thread(target=self._listen, args=(notices,), daemon=True).start()

    def _listen(self, notices: socket.socket) -> None:
        with notices:
            _, fds, _, _ = socket.recv_fds(notices, 1, 1)
        for listener in fds:  # one, or none where the kernel has no such thing
            try:
                self._answer_all(listener)
            finally:
                os.close(listener)

    def _answer_all(self, listener: int) -> None:
        waiting, count = select.poll(), 0
        waiting.register(listener, select.POLLIN)
        while all(event & select.POLLIN for _, event in waiting.poll()):  # else its process has ended
            with contextlib.suppress(OSError):  # the call may be over meanwhile
                id, _, _, number, _ = NOTICE.unpack(fcntl.ioctl(listener, RECEIVE, bytes(NOTICE.size)))
                self._keep(system_calls.name(number, self._machine))
                fcntl.ioctl(listener, SEND, ANSWER.pack(id, 0, -system_calls.error(number, self._machine), 0))
            count += 1
            if count > AT_ONCE:
                time.sleep(PAUSE)

    def _keep(self, name: str) -> None:
        if name not in self.names and len(self.names) < MOST:
            self.names.append(name)
