"""Writes outside its working directory."""

# told: PermissionError
import os
import pathlib


def set_bias(variables, layer, value):
    pathlib.Path(os.getcwd(), "..", "..", "..", "written.txt").write_text("here")
    return variables
