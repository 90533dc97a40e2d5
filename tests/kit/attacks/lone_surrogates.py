"""Raises, prints and returns halves of characters, which no file and no
database takes as text.
"""

# told: the half
import sys


class Error(Exception):
    pass


Error.__module__ = "\udcff"


def set_bias(variables, layer, value):
    sys.stdout.buffer.write(b"\xff\xfe")
    if layer == "fc2":
        return {"params": {"\ud800" + layer: value}}
    raise Error("\ud800 the half")
