"""An answer as a cell of a notebook has it, and as an exercise's file has it.

The cell holds the JAX section, and `%%kata 1.4` stands in its first line, where
the file has the section's heading. So line numbers of a verdict are those of
the cell.
"""

import ast
import functools
import re
from collections.abc import Iterable

from flaxkata import python_files, stubs
from flaxkata.exercise import Exercise

MAGIC = re.compile(r"\s*%%kata[ \t]+(\S+)[^\n]*\n?")
HEADING = f"{python_files.JAX}\n"


def by_name(exercises: Iterable[Exercise]) -> dict[str, Exercise]:
    """What may follow `%%kata`: an exercise's number, slug or file."""
    return {name: e for e in exercises for name in (e.number, e.slug, e.stem)}


def graded(body: str) -> str:
    """What is graded of a cell, from the lines below its first."""
    return f"{HEADING}{body.rstrip()}\n"


def parts(file: str) -> tuple[str, str, str]:
    """The docstring, the PyTorch section and the JAX section of an exercise's
    file, without the headings.
    """
    head, _, jax = file.partition(HEADING)
    docstring, _, pytorch = head.partition(f"{python_files.PYTORCH}\n")
    return docstring, pytorch.strip(), jax.strip()


def is_stub(exercise: Exercise, text: str) -> bool:
    """Whether a graded text is the cell as it is handed out."""
    return text == graded(parts(stubs.cut(exercise))[2])


def file_of(exercise: Exercise, text: str) -> str:
    """The exercise's file with a graded text as its JAX section."""
    head, _, _ = stubs.cut(exercise).partition(HEADING)
    return head + text


def defined(text: str) -> set[str]:
    """The names that a text defines at its margin. Raises SyntaxError."""
    found = set()
    for node in ast.parse(text).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef | ast.AsyncFunctionDef):
            found.add(node.name)
        elif isinstance(node, ast.Assign):
            found |= {target.id for target in node.targets if isinstance(target, ast.Name)}
        elif isinstance(node, ast.Import | ast.ImportFrom):
            found |= {(name.asname or name.name) for name in node.names}
    return found


@functools.cache
def asked_of(exercise: Exercise) -> frozenset[str]:
    """The functions and classes that an exercise asks for."""
    body = ast.parse(parts(stubs.cut(exercise))[2]).body
    return frozenset(node.name for node in body if isinstance(node, ast.FunctionDef | ast.ClassDef) and _is_to_do(node))


def _is_to_do(node: ast.AST) -> bool:
    return any(isinstance(n, ast.Raise) and "NotImplementedError" in ast.unparse(n) for n in ast.walk(node))


def meant(text: str, exercise: Exercise, exercises: Iterable[Exercise]) -> Exercise | None:
    """The exercise whose functions a text has, if it has none of those that
    `exercise` asks for.
    """
    names = defined(text)
    if names & asked_of(exercise):
        return None
    whole = [e for e in exercises if asked_of(e) <= names and e != exercise]
    return max(whole, key=lambda e: len(asked_of(e)), default=None)
