"""Ends the process while the file is loaded."""

# told: exited with status 0
import os

os._exit(0)
