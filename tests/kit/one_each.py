"""A program of ours run once for each exercise, on all cores: for what a single
process would do too slowly.
"""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import fresh

from flaxkata.exercise import Exercise


def run(script: str, exercises: list[Exercise], options: list[str]) -> int:
    """The highest exit code of `python script NUMBER *options`."""

    def one(exercise: Exercise) -> int:
        return subprocess.run([sys.executable, script, exercise.number, *options], cwd=fresh.ROOT, check=False).returncode

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return max(pool.map(one, exercises))
