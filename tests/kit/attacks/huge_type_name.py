"""Raises an exception whose module has a name of 7 million letters, so that the
report keeps them, for each check.
"""


# told: raised x{200}: hello
class Error(Exception):
    pass


Error.__module__ = "x" * 7_000_000


def set_bias(variables, layer, value):
    raise Error("hello")
