"""Opens the door: an address to listen at, what to say of it, and the
server.
"""

import contextlib
import ipaddress
import os
import socket
from collections.abc import Callable
from dataclasses import dataclass

import uvicorn

from flaxkata.board.app import Board, create
from flaxkata.board.room import Room
from flaxkata.board.store import BoardStore
from flaxkata.board.views import Course

KEEP_ALIVE = 20  # seconds
ENOUGH = 4096  # open files: each learner and page takes one


@dataclass(frozen=True)
class Door:
    """Where the board listens, and the address that people type."""

    listening: socket.socket
    address: str
    alone: bool  # whether nobody else's machine reaches it


def opened(host: str, port: int, address: str = "") -> Door:
    """Listen. Without an `address` it is made from where it listens. Raises
    OSError.
    """
    family, kind, proto, _, place = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
    listening = socket.socket(family, kind, proto)
    if os.name == "posix":  # elsewhere it would let two boards listen at one port
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind(place)
        listening.listen(1024)
    except OSError:
        listening.close()
        raise
    bound = ipaddress.ip_address(listening.getsockname()[0].partition("%")[0])
    name = _of_this_machine(bound.version) if bound.is_unspecified else host
    shown = f"[{name}]" if ":" in name else name
    typed = address.rstrip("/") or f"http://{shown}:{listening.getsockname()[1]}"
    return Door(listening, typed, bound.is_loopback and not address)


def _of_this_machine(version: int) -> str:
    """The address under which others on the network reach this machine; no
    packet is sent.
    """
    family, far = (socket.AF_INET, "192.0.2.1") if version == 4 else (socket.AF_INET6, "2001:db8::1")
    with contextlib.suppress(OSError), socket.socket(family, socket.SOCK_DGRAM) as asking:
        asking.connect((far, 9))
        return str(asking.getsockname()[0])
    return socket.gethostname()


def run(store: BoardStore, course: Course, room: Room, name: str, door: Door, ready: Callable[[Board], None]) -> None:
    """Serve until somebody stops it; `ready` hears when it listens. No request
    is logged: addresses have codes.
    """
    _allow_many_files()
    board = Board(store, course, room, name, f"kata join {door.address}/{store.code}")
    config = uvicorn.Config(
        create(board), log_level="warning", access_log=False, server_header=False, ws="none", lifespan="on",
        timeout_keep_alive=KEEP_ALIVE, timeout_graceful_shutdown=1,
    )  # fmt: skip
    server = uvicorn.Server(config)
    ready(board)
    with contextlib.suppress(KeyboardInterrupt):
        server.run(sockets=[door.listening])


def _allow_many_files() -> None:
    with contextlib.suppress(ImportError, OSError, ValueError):
        import resource

        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        most = ENOUGH if hard == resource.RLIM_INFINITY else min(ENOUGH, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, most), hard))
