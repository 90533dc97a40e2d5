"""Skips the check that calls it."""

# told: raised .*Skipped
import pytest


def set_bias(variables, layer, value):
    pytest.skip("not today", allow_module_level=True)
