"""Sends files without a name to itself and closes them: the message that nobody
receives keeps them.
"""

# told: PermissionError(?s:.*)send_fds
import os
import socket
import tempfile

import jax.numpy as jnp

here, there = socket.socketpair()
for _ in range(10):
    with tempfile.TemporaryFile(dir=os.getcwd(), buffering=0) as file:
        os.posix_fallocate(file.fileno(), 0, 60 << 20)
        socket.send_fds(here, [b"x"], [file.fileno()])


def set_bias(variables, layer, value):
    params = variables["params"]
    bias = jnp.full_like(params[layer]["bias"], value)
    return {**variables, "params": {**params, layer: {**params[layer], "bias": bias}}}
