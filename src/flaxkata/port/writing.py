"""The files that `kata port` writes: a template, and tests."""

from importlib import resources
from pathlib import Path

from flaxkata import files
from flaxkata.port.checking import PARTS

TESTS = '''"""Keeps the port in {file} right; `kata port test {file}` wrote it."""

from pathlib import Path

import pytest
from flaxkata.port import check

PARTS = {parts}


@pytest.fixture(scope="module")
def port():
    return check(Path(__file__).with_name("{file}"))


@pytest.mark.parametrize("name", PARTS)
def test_port(port, name):
    part = port.part(name)
    assert part.verdict != "wrong", "\\n".join(part.findings)
'''


def template(path: Path) -> None:
    """Write a file to fill in. Raises FileExistsError."""
    text = resources.files("flaxkata.port").joinpath("template.txt").read_text("utf-8")
    _new(path, text.format(name="a model", file=path.name))


def tests(path: Path) -> Path:
    """Write a file of tests beside the port's. Raises FileExistsError."""
    place = path.with_name(f"test_{path.name}")
    parts = ", ".join(f'"{name}"' for name in PARTS)
    _new(place, TESTS.format(file=path.name, parts=f"[{parts}]"))
    return place


def _new(path: Path, text: str) -> None:
    if path.exists():
        raise FileExistsError(path)
    files.write(path, text)
