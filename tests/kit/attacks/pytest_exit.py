"""Ends pytest, with success."""

# told: raised .*Exit
import pytest


def set_bias(variables, layer, value):
    pytest.exit("done", returncode=0)
