"""What decides results on a machine, to compare a worker's with the
instructor's.
"""

import asyncio
import platform
import socket
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import msgspec

from flaxkata import __version__, catalog, files
from flaxkata.exercise import Exercise
from flaxkata.judge import store


@dataclass(frozen=True)
class Installation:
    """The kit, the exercises by number, Python and the libraries, each with a
    version or digest.
    """

    host: str
    flaxkata: str
    kit: str
    exercises: dict[str, str]
    libraries: dict[str, str]
    python: str


def root() -> Path:
    """The folder of the course that this package came with; of an installed
    one, where what is compiled is kept.
    """
    return catalog.CHECKOUT if catalog.is_checkout(catalog.CHECKOUT) else files.user_cache()


def of(exercises: list[Exercise]) -> Installation:
    """What there is here."""
    digests = {e.number: store.digest(store.checks_digest(e), e.mistakes_digest) for e in exercises}
    python = f"{platform.python_version()} ({sys.version})"
    return Installation(socket.gethostname(), __version__, store.grader_digest(), digests, store.libraries(), python)


def command(ours: Installation) -> str:
    """How to install the same."""
    pins = [f"{name}=={version}" for name, version in ours.libraries.items()]
    return f'python -m pip install "flaxkata[dask]=={ours.flaxkata}" {" ".join(pins)}'


async def on_worker(numbers: list[str]) -> bytes:
    """What there is on a worker, with the exercises of these numbers, as
    JSON.
    """
    found = [e for e in catalog.exercises(root()) if e.number in numbers]
    return msgspec.json.encode(await asyncio.to_thread(of, found))


def differences(theirs: Installation, ours: Installation) -> Iterator[str]:
    """What differs there, one sentence each."""
    for name, version in ours.libraries.items():
        if (other := theirs.libraries.get(name)) != version:
            yield f"{name} is {other or 'missing'}, here {version}"
    if theirs.python != ours.python:
        yield f"Python is {theirs.python}, here {ours.python}"
    if theirs.flaxkata != ours.flaxkata:
        yield f"flaxkata is {theirs.flaxkata}, here {ours.flaxkata}"
    elif theirs.kit != ours.kit and theirs.libraries == ours.libraries and theirs.python == ours.python:
        yield f"flaxkata is {theirs.flaxkata} as here, with other code"
    if changed := [number for number, digest in ours.exercises.items() if theirs.exercises.get(number) != digest]:
        yield f"the checks or mistakes of {', '.join(changed)} are different"
