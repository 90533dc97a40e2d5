"""The text of Python files, and parts of it, read without running them."""

import ast
import codecs
import io
import re
import tokenize
from functools import cache
from pathlib import Path
from typing import Any

PYTORCH, JAX = "# --- PyTorch ---", "# --- JAX ---"
CONSTANTS = ("HINTS", "LEARNED", "DEVICES", "PRECISION", "FREE")  # of a file, which are read without importing it
WORDS = ("WORDS", "OLDER")  # constants of graded tests that no check reads
SLOW = ("idna", "punycode")  # to decode: in the square of the length


class NoText(ValueError):
    """A file that cannot be read as text; the message says why."""


@cache
def constants_of(source: str) -> dict[str, Any]:
    """The values of some constants in a file's text, by name."""
    named = ((getattr(n.targets[0], "id", ""), n.value) for n in ast.parse(source).body if isinstance(n, ast.Assign))
    return {name: ast.literal_eval(value) for name, value in named if name in (*CONSTANTS, *WORDS)}


def sentence(docstring: str) -> str:
    """A check's docstring as it is shown: its first paragraph, as one line."""
    return " ".join(docstring.strip().partition("\n\n")[0].split())


def read_source(path: Path) -> str:
    """The text of a Python file, as Python reads it: in UTF-8, with or without
    a byte order mark, or in the encoding that it declares. Raises NoText.
    """
    encoding = "UTF-8"
    try:
        content = path.read_bytes()
        encoding, _ = tokenize.detect_encoding(io.BytesIO(content).readline)
        if codecs.lookup(encoding).name in SLOW:
            raise LookupError("Python files are never in this encoding")
        text = content.decode(encoding)
        text.encode()  # an escape may have made half of a character
        return io.StringIO(text, None).getvalue()  # with newlines as here
    except OSError as error:
        raise NoText(f"the file cannot be read: {error.strerror}") from None
    except UnicodeDecodeError as error:
        why = f"{error.reason} at byte {error.start}"
    except (SyntaxError, LookupError, UnicodeError) as error:
        why = str(error)
    raise NoText(f"the file is not {encoding.upper()} text: {why}. Save it as UTF-8")


def blank(text: str, section: str) -> str:
    """`text` without one of its sections (PYTORCH or JAX), line numbers kept.

    Text that lacks either heading comes back as it is.
    """
    lines = text.splitlines(keepends=True)
    heads = {line.strip(): i for i, line in enumerate(lines) if line.strip() in (PYTORCH, JAX)}
    if len(heads) < 2:
        return text
    start, end = (heads[PYTORCH], heads[JAX]) if section == PYTORCH else (heads[JAX], len(lines))
    return "".join("\n" if start <= i < end else line for i, line in enumerate(lines))


@cache
def without_words(text: str) -> str:
    """Graded tests as if WORDS and OLDER had never been written, with the blank
    line before each: they only serve a page.
    """
    lines = text.split("\n")
    for node in reversed(ast.parse(text).body):
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") in WORDS:
            del lines[node.lineno - 2 : node.end_lineno]
    return "\n".join(lines)


def with_constants(text: str, constants: tuple[tuple[str, Any], ...]) -> str:
    """`text` in which module-level constants have other values, line numbers
    kept. Raises ValueError for one that is not assigned on a line of its own.
    """
    for name, value in constants:
        found = re.findall(rf"(?m)^{name}(?:: [^=\n]+)? = .*$", text)
        if len(found) != 1:
            raise ValueError(f"{name} is assigned {len(found)} times at the beginning of a line; FREE needs one")
        text = text.replace(found[0], f"{name} = {value!r}")
    return text
