"""Reads the answers out of a notebook, without running anything and without
believing it.
"""

from dataclasses import dataclass, field
from typing import Any

from flaxkata import report
from flaxkata.exercise import Exercise
from flaxkata.notebook import answers

MOST = 16 << 20  # bytes of a notebook: pictures of its outputs lie in it
SHOWN = 200  # characters of what a library says
PARSED = 200_000  # characters of a cell: parsing takes some hundred times as many bytes


class Unreadable(Exception):
    """A notebook that cannot be read; the message says why, after its name."""


@dataclass
class Found:
    """The graded texts of a notebook by exercise number, of the last cell of
    each; and why other cells with `%%kata` answer nothing, after what they
    begin with.
    """

    texts: dict[str, str] = field(default_factory=dict)
    passed_over: list[str] = field(default_factory=list)


def read(content: bytes, exercises: list[Exercise]) -> Found:
    """The answers in a notebook's bytes. Raises Unreadable."""
    found, known = Found(), answers.by_name(exercises)
    for source in _code(content):
        if magic := answers.MAGIC.match(source):
            name, text = magic[1], answers.graded(source[magic.end() :])
            e = known.get(name)
            if why := _why_not(e, text, exercises):
                found.passed_over.append(f"%%kata {report.one_line(name, 40)}: {why}")
            elif e:
                found.texts[e.number] = text
    return found


def _why_not(exercise: Exercise | None, text: str, exercises: list[Exercise]) -> str:
    """Why a cell's text does not answer the exercise that it names."""
    if exercise is None:
        return "there is no such exercise"
    if len(text) > PARSED:
        return ""
    try:
        other = answers.meant(text, exercise, exercises)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ""
    return (
        f"the cell has what {other.number} {other.slug} asks for, and nothing that {exercise.number} asks for" if other else ""
    )


def _code(content: bytes) -> list[str]:
    """The sources of the code cells."""
    if len(content) > MOST:
        raise Unreadable(f"is larger than {MOST >> 20} MB; clear its outputs")
    cells = _notebook(content).get("cells")
    if not isinstance(cells, list):
        raise Unreadable("is not a notebook: it has no cells")
    code = [cell for cell in cells if isinstance(cell, dict) and cell.get("cell_type") == "code"]
    return [source for cell in code if isinstance(source := cell.get("source"), str)]


def _notebook(content: bytes) -> Any:
    """As version 4 of the format has it. It is not validated: other programs
    write what its schema forbids, and the answers are there all the same.
    """
    try:
        from nbformat import converter
        from nbformat import reader as by_version
    except ImportError:
        raise Unreadable("cannot be read without nbformat: pip install 'flaxkata[notebook]'") from None
    try:
        return converter.convert(by_version.reads(content.decode("utf-8-sig")), 4)
    except UnicodeDecodeError:
        raise Unreadable("is not UTF-8 text") from None
    except (RecursionError, MemoryError):
        raise Unreadable("is nested too deeply to be read") from None
    except by_version.NotJSONError:
        raise Unreadable("is not a notebook: it is not JSON") from None
    except Exception as error:  # nbformat raises whatever a malformed notebook makes it stumble over
        words = report.one_line(str(error) or type(error).__name__, SHOWN)
        raise Unreadable(f"is not a notebook that can be read: {words}") from None
