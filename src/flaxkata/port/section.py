"""The user's file: its PyTorch section is executed here, its JAX section over
there.
"""

import linecache
import sys
import traceback
import types
from pathlib import Path
from typing import Any

from flaxkata import python_files

NEEDED = ("make_model", "example_inputs")


class Unusable(Exception):
    """The file cannot be checked; the message says why."""


class Section:
    """The PyTorch section, executed."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.text = _read(path)
        self._module = _execute(path, python_files.blank(self.text, python_files.JAX))
        missing = [f"`{name}`" for name in NEEDED if not hasattr(self._module, name)]
        if missing:
            raise Unusable(f"The PyTorch section of {path.name} has no {' and no '.join(missing)}; {SEE}")

    @property
    def jax(self) -> str:
        """The text of the file without the PyTorch section."""
        return python_files.blank(self.text, python_files.PYTORCH)

    def get(self, name: str, default: Any = None) -> Any:
        """A name of the section."""
        return getattr(self._module, name, default)

    def call(self, name: str, *given: Any) -> Any:
        """What a function of the section returns. Raises Unusable with the
        user's own lines.
        """
        try:
            return self.get(name)(*given)
        except Exception as error:
            raise Unusable(told(f"`{name}({', '.join(map(repr, given))})`", error, self.path)) from error


SEE = "`kata port new` writes a file that has them."


def _read(path: Path) -> str:
    try:
        text = python_files.read_source(path)
    except python_files.NoText as error:
        raise Unusable(f"{path}: {error}") from None
    heads = [line.strip() for line in text.splitlines()]
    for head in (python_files.PYTORCH, python_files.JAX):
        if head not in heads:
            raise Unusable(f"{path.name} has no line `{head}`: it needs both sections. {SEE}")
    return text


def _execute(path: Path, source: str) -> types.ModuleType:
    if str(path.parent) not in sys.path:
        sys.path.insert(0, str(path.parent))  # what lies beside it can be imported
    module = types.ModuleType(path.stem)
    module.__file__ = str(path)
    sys.modules[path.stem] = module  # dataclasses and pickles look a class's module up here
    linecache.cache[str(path)] = (len(source), None, source.splitlines(keepends=True), str(path))
    try:
        exec(compile(source, str(path), "exec", dont_inherit=True), module.__dict__)
    except Exception as error:
        raise Unusable(told("The PyTorch section", error, path)) from error
    return module


def told(what: str, error: Exception, path: Path) -> str:
    """An exception of the PyTorch section, with the user's own lines."""
    frames = [f for f in traceback.extract_tb(error.__traceback__) if f.filename == str(path)]
    lines = [f"  line {f.lineno}, in {f.name}: {f.line}" for f in frames[-5:]]
    return "\n".join([f"{what} raised {type(error).__name__}: {error}", *lines])
