"""How long a cold `kata grade` takes, beside the imports that it cannot avoid: medians, in seconds, of one run.

python tests/kit/bench.py [REPEATS]
"""

import os
import statistics
import subprocess
import sys
import time

import fresh
from rich.console import Console
from rich.table import Table

PYTHON = [sys.executable]
LINES = {
    "python -c 'import torch'": [*PYTHON, "-c", "import torch"],
    "python -c 'import jax, flax.linen, optax'": [*PYTHON, "-c", "import jax, flax.linen, optax"],
    "both, in one process": [*PYTHON, "-c", "import torch, jax, flax.linen, optax"],
    "kata grade 1.4 (stub)": [*PYTHON, "-m", "flaxkata", "grade", "1.4"],
    "kata grade 1.4 (solution)": [*PYTHON, "-m", "flaxkata", "grade", "1.4", "--submission", "solutions"],
    "kata grade (six stubs)": [*PYTHON, "-m", "flaxkata", "grade"],
    "kata grade (six solutions)": [*PYTHON, "-m", "flaxkata", "grade", "--submission", "solutions"],
}


def seconds(command: list[str]) -> float:
    start = time.perf_counter()
    subprocess.run(command, cwd=fresh.ROOT, env=os.environ | {"OMP_NUM_THREADS": "1"}, stdout=subprocess.DEVNULL, check=False)
    return time.perf_counter() - start


def main(repeats: int) -> None:
    """The lines take turns, so that a busy machine is busy for all of them."""
    times = {name: [] for name in LINES}
    for _ in range(repeats):
        for name, command in LINES.items():
            times[name].append(seconds(command))
    imports = statistics.median(times["both, in one process"])
    table = Table("what", "median", "slowest", "times the imports", title=f"Cold, {repeats} runs each, seconds")
    for name, found in times.items():
        middle = statistics.median(found)
        table.add_row(name, f"{middle:.2f}", f"{max(found):.2f}", f"{middle / imports:.1f}")
    Console(width=80).print(table)


if __name__ == "__main__":
    main(int(sys.argv[1]) if sys.argv[1:] else 5)
