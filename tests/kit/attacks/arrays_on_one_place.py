"""Sends 10,000 arrays that are all made of the same 4 MB, 40 GB once they
are copied.
"""

# told: an array that does not begin where the one before it ends
import numpy as np

from flaxkata import wire

real = wire.pack


def pack(message, arrays):
    leaf = {"array": ["jax.Array", "uint8", [4 << 20], 0]}
    if "ok" in message and "dict" in str(message)[:20]:
        return real({"ok": {"list": [leaf] * 10_000}}, [np.zeros(4 << 20, np.uint8)])
    return real(message, arrays)


wire.pack = pack


def set_bias(variables, layer, value):
    return {"params": 1}
