"""The private names of libraries that the kit uses, and libraries that have
none of them.

The names are read from the two files of such reaches, which say for each what
is lost without it.
"""

import ast
import importlib.util
import os
import re
import shutil
from pathlib import Path

import fresh

SOURCE = fresh.ROOT / "src" / "flaxkata"
FILES = {"jax": SOURCE / "sandbox" / "jax_private.py", "_pytest": SOURCE / "judge" / "pytest_private.py"}  # by package


def names(package: str) -> list[str]:
    """What a file takes from private modules, and all attributes that begin
    with an underscore.
    """
    tree = ast.parse(FILES[package].read_text("utf-8"))
    imports = [n for n in ast.walk(tree) if isinstance(n, ast.ImportFrom) and (n.module or "").startswith("jax._src")]
    modules = {alias.name for node in imports for alias in node.names}
    attributes = [node for node in ast.walk(tree) if isinstance(node, ast.Attribute)]
    of_modules = {n.attr for n in attributes if isinstance(n.value, ast.Name) and n.value.id in modules}
    return sorted(of_modules | {n.attr for n in attributes if n.attr.startswith("_")})


def installed(package: str) -> Path:
    """The folder of a package, which is not imported."""
    spec = importlib.util.find_spec(package)
    assert spec and spec.origin
    return Path(spec.origin).parent


def missing(package: str) -> list[str]:
    """The names that the installed version does not have."""
    words, there = pattern(package), set()
    for path in installed(package).rglob("*.py"):
        there |= set(words.findall(path.read_text("utf-8")))
    return [name for name in names(package) if name not in there]


def pattern(package: str) -> re.Pattern[str]:
    return re.compile(rf"\b({'|'.join(names(package))})\b")


def rename(folder: Path) -> str:
    """Copies of the libraries, with another name for each; the PYTHONPATH that
    has them first. They work as before, for all who do not reach into them.
    """
    for package in FILES:
        copy = folder / package
        shutil.copytree(installed(package), copy)
        words = pattern(package)
        for path in copy.rglob("*.py"):
            text = path.read_text("utf-8")
            if text != (renamed := words.sub(r"\1_elsewhere", text)):
                path.write_text(renamed, "utf-8")
    return os.pathsep.join([str(folder), str(fresh.ROOT / "src"), os.environ.get("PYTHONPATH", "")]).rstrip(os.pathsep)
