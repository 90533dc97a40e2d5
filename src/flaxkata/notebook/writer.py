"""Notebooks from the exercises' files: the text, the PyTorch twin, the stub as
a `%%kata` cell, and a cell to play in. The same files make the same bytes.
"""

import json
import tomllib
from importlib import metadata
from typing import Any

from flaxkata import catalog, stubs
from flaxkata.exercise import Exercise
from flaxkata.notebook import answers, markdown

INTRODUCTION = """\
# {title}

In these exercises you write in JAX and Flax what you know from PyTorch. Your
code and live PyTorch run on the same inputs, and the verdict says where they
differ.

Run the cells from top to bottom; `%load_ext flaxkata` starts the grader. Each
exercise has a text, PyTorch's code, and a cell that begins with `%%kata`. Write
your answer there and run the cell: the verdict appears below it. The empty cell
after it is for whatever you want to try with what you wrote.

`%kata hint {first}` gives a hint, and `%kata list` shows how far you are."""
INSTALL = """\
# Installs the kit in Colab; does nothing where it is installed.
import importlib.util

if importlib.util.find_spec("flaxkata") is None:
    %pip install --quiet flaxkata"""
MARKERS = ("# <solution>", "# </solution>")


def notebook(exercises: list[Exercise], path: str = "", solved: bool = False) -> str:
    """The notebook of some exercises of a chapter, as its file has it. `path`
    is where it lies in the repository, if it does.
    """
    cells = [*_beginning(exercises, path), *(cell for e in exercises for cell in _cells(e, solved))]
    language = {"name": "python"}
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    about = {"kernelspec": kernel, "language_info": language}
    whole = {"cells": cells, "metadata": about, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(whole, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def name(exercises: list[Exercise]) -> str:
    """The name of its file."""
    return f"{exercises[0].stem if len(exercises) == 1 else exercises[0].chapter}.ipynb"


def chapters(exercises: list[Exercise]) -> dict[str, list[Exercise]]:
    """Exercises by chapter, in reading order."""
    found: dict[str, list[Exercise]] = {}
    for e in exercises:
        found.setdefault(e.chapter, []).append(e)
    return found


def _beginning(exercises: list[Exercise], path: str) -> list[dict[str, Any]]:
    """What stands before the exercises."""
    first, home = exercises[0], repository()
    title = _title(first.chapter) if len(exercises) > 1 else f"{first.number} {first.slug}"
    words = INTRODUCTION.format(title=title, first=first.number)
    install = [_code("install", INSTALL)] if home else []
    return [_text("start", (badge(home, path) if home and path else "") + words), *install, _code("load", "%load_ext flaxkata")]


def _title(chapter: str) -> str:
    """As in "Chapter 1: parameters", from a folder's name."""
    number, _, words = chapter.removeprefix("ch").partition("_")
    return f"Chapter {int(number)}: {words.replace('_', ' ')}"


def badge(home: str, path: str) -> str:
    """A badge that opens a notebook of the repository in Colab."""
    where = home.removeprefix("https://github.com/")
    link = f"https://colab.research.google.com/github/{where}/blob/main/{path}"
    return f"[![Open in Colab](https://colab.research.google.com/assets/colab-badge.svg)]({link})\n\n"


def repository() -> str:
    """Where the kit's repository is on GitHub, by `[project.urls]`; nothing
    while that is unset.
    """
    links = [link.rstrip("/").removesuffix(".git") for link in _urls()]
    return next((link for link in links if link.startswith("https://github.com/") and link.count("/") == 4), "")


def _urls() -> list[str]:
    """From the checkout's own file, which an older installation may lie about;
    else from the installed package.
    """
    if catalog.is_checkout(catalog.CHECKOUT):
        project = tomllib.loads((catalog.CHECKOUT / "pyproject.toml").read_text("utf-8"))["project"]
        return list(project.get("urls", {}).values())
    try:
        urls = metadata.metadata("flaxkata").get_all("Project-URL") or []
    except metadata.PackageNotFoundError:
        return []
    return [url.partition(", ")[2] for url in urls]


def _cells(e: Exercise, solved: bool) -> list[dict[str, Any]]:
    """The cells of one exercise."""
    _, pytorch, jax = answers.parts(_solved(e) if solved else stubs.cut(e))
    id = e.number.replace(".", "-")
    return [
        _text(f"{id}-text", markdown.of_docstring(e.text)),
        _code(f"{id}-pytorch", f"# PyTorch\n{pytorch}"),
        _code(f"{id}-answer", f"%%kata {e.number}\n{jax}"),
        _code(f"{id}-play", ""),
    ]


def _solved(e: Exercise) -> str:
    """The solution without the marks from which the stub is cut."""
    lines = e.solution.read_text("utf-8").splitlines(keepends=True)
    return "".join(line for line in lines if line.strip() not in MARKERS)


def _text(id: str, source: str) -> dict[str, Any]:
    return {"cell_type": "markdown", "id": id, "metadata": {}, "source": source.splitlines(keepends=True)}


def _code(id: str, source: str) -> dict[str, Any]:
    lines = source.splitlines(keepends=True)
    return {"cell_type": "code", "execution_count": None, "id": id, "metadata": {}, "outputs": [], "source": lines}
