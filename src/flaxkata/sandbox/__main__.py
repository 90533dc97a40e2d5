"""`python -m flaxkata.sandbox`: the fork server, or one spawned sandbox.

fork-server DEVICE CACHE FD
spawned     DEVICE CACHE PORT DEVICES
"""

import socket
import sys

from flaxkata.sandbox import jax_setup


def main(role: str, device: str, cache: str, channel: str, devices: str = "1") -> None:
    """Run one of the two programs until the judge leaves."""
    jax_setup.set_environment(device)  # before what follows imports NumPy and JAX
    from flaxkata.sandbox import fork_server

    if role == "spawned":
        fork_server.spawned(int(channel), cache, int(devices))
    else:
        fork_server.fork_sandboxes(socket.socket(fileno=int(channel)), cache)


if __name__ == "__main__":
    main(*sys.argv[1:])
