"""Measures what the exercises' texts claim of the libraries.

    python tests/kit/measured.py            what was not measured yet
    python tests/kit/measured.py ch04 ch09  of these chapters

A claim is about a text and the libraries, and nothing of ours decides whether
it holds. So it is measured once for both, and `measured.json` says what was:
`nox -s tests` measures only the rest. With KATA_EVERY=1, all.
"""

import functools
import json
import os
import re
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import fresh

from flaxkata import files
from flaxkata.judge import store

FILE = Path(__file__).with_name("measured.json")  # by the libraries and a module, its digest
WRITING = threading.Lock()
MODULES = re.compile(r"test_texts_(ch\d\d)\w*\.py")


def depends_on(module: str) -> list[Path]:
    """A module that measures claims, and their texts; nothing for another
    one.
    """
    found = MODULES.fullmatch(module)
    return [FILE.with_name(module), *sorted(fresh.ROOT.glob(f"solutions/{found[1]}*/*.py"))] if found else []


@functools.cache
def is_known(module: str) -> bool:
    """Whether a module measures claims, and they were measured as they are."""
    if "KATA_EVERY" in os.environ or not depends_on(module):
        return False
    return files.read_json(FILE).get(_libraries(), {}).get(module) == _digest(module)


def _digest(module: str) -> str:
    return store.digest(*(f"{path.name}\n{path.read_text('utf-8')}" for path in depends_on(module)))[:16]


def _libraries() -> str:
    versions = {"Python": f"{sys.version_info.major}.{sys.version_info.minor}"} | store.libraries()
    return ", ".join(f"{name} {number}" for name, number in versions.items())


def measure(module: str) -> bool:
    """Whether all of its claims hold; then that is written down."""
    command = [sys.executable, "-m", "pytest", "-q", f"tests/kit/{module}"]
    digest, done = _digest(module), subprocess.run(command, cwd=fresh.ROOT, capture_output=True, text=True)
    holds = done.returncode == 0
    print(f"{module}: {done.stdout.strip().splitlines()[-1]}" if holds else done.stdout, flush=True)
    if holds:
        with WRITING:
            known = files.read_json(FILE)
            ours = known.get(_libraries(), {}) | {module: digest}
            known[_libraries()] = dict(sorted(ours.items()))
            files.write(FILE, json.dumps(known, indent=1) + "\n")
    return holds


def main(chapters: list[str]) -> int:
    """Measure what was not; how many modules do not hold."""
    modules = sorted(p.name for p in fresh.ROOT.glob("tests/kit/test_texts_ch*.py"))
    wanted = [m for m in modules if not is_known(m) and (not chapters or MODULES.fullmatch(m)[1] in chapters)]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return list(pool.map(measure, wanted)).count(False)


if __name__ == "__main__":
    sys.exit(bool(main(sys.argv[1:])))
