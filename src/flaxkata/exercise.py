"""One exercise: where its files are and what they say, read without running
them.
"""

import ast
import contextlib
import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from flaxkata.python_files import constants_of, sentence, with_constants, without_words

# The docstring's line on the way there: `After 1.3 and 1.4. About 15 minutes.`
PATH = re.compile(r"^(?:After ((?:\d+\.\d+(?:, | and )?)+)\. )?About (\d+) minutes\.$", re.MULTILINE)
FILE = re.compile(r"ch(\d+)_(\w+)/ex(\d+)_(\w+)\.py")


@dataclass(frozen=True)
class Variant:
    """One wording of a known mistake: a file, and the values that constants of
    it take in place of what is written there; `text` is what that makes. An
    instructor's `own` is run as an answer is, not as code of ours.
    """

    slug: str  # of the mistake
    path: Path
    constants: tuple[tuple[str, Any], ...]
    text: str
    own: bool = False

    @property
    def name(self) -> str:
        """`eps_wrong`, `eps_wrong/in_float64`, `eps_wrong EPS=1e-08`; with
        `own:` before an instructor's.
        """
        name = self.slug if self.path.stem == self.slug else f"{self.slug}/{self.path.stem}"
        name = f"own:{name}" if self.own else name
        return " ".join([name, *(f"{constant}={value!r}" for constant, value in self.constants)])


def _variants(slug: str, path: Path) -> tuple[Variant, ...]:
    """A file as it is written, and with the other values that its FREE
    allows.
    """
    found = path.stat()
    return _read_variants(slug, path, found.st_mtime_ns, found.st_size)


@cache
def _read_variants(slug: str, path: Path, changed_at: int, size: int) -> tuple[Variant, ...]:
    text = path.read_text("utf-8")
    free = constants_of(text).get("FREE", {})
    constants = [(), *(((name, value),) for name, values in free.items() for value in values)]
    return tuple(Variant(slug, path, each, with_constants(text, each)) for each in constants)


def _own_variants(slug: str, path: Path) -> list[Variant]:
    """The same of an instructor's file; none while it is not Python."""
    with contextlib.suppress(OSError, SyntaxError, ValueError):
        return [replace(variant, own=True) for variant in _variants(slug, path)]
    return []


@dataclass(frozen=True)
class Exercise:
    """One exercise. All paths derive from `root`, where the learner's files
    are, `course`, where ours are, `path`, e.g. `ch01_parameters/ex04_set_bias`,
    and `own`, where an instructor's mistakes are, if there are any.
    """

    root: Path
    course: Path
    path: str
    own: Path | None = None

    @property
    def chapter(self) -> str:
        return self.path.split("/")[0]

    @property
    def stem(self) -> str:
        return self.path.split("/")[1]

    @property
    def file(self) -> str:
        """Path inside a submission."""
        return f"{self.path}.py"

    @property
    def number(self) -> str:
        return f"{int(self._parts[1])}.{int(self._parts[3])}"

    @property
    def slug(self) -> str:
        return self._parts[4]

    @cached_property
    def _parts(self) -> re.Match[str]:
        found = FILE.fullmatch(self.file)
        assert found, self.file
        return found

    @cached_property
    def text(self) -> str:
        """The docstring of the exercise."""
        return ast.get_docstring(ast.parse(self.solution.read_text("utf-8"))) or ""

    @property
    def title(self) -> str:
        """The docstring's first line after `1.4 set_bias: `."""
        return self.text.partition("\n")[0].partition(":")[2].strip() or self.slug

    @property
    def after(self) -> list[str]:
        """The numbers of the exercises that this one builds on."""
        found = PATH.search(self.text)
        return re.findall(r"\d+\.\d+", found[1] or "") if found else []

    @property
    def minutes(self) -> int | None:
        """How long it takes, as its docstring says."""
        found = PATH.search(self.text)
        return int(found[2]) if found else None

    @property
    def solution(self) -> Path:
        return self.course / "solutions" / self.file

    @property
    def stub(self) -> Path:
        """The file in which the learner writes."""
        return self.root / "exercises" / self.file

    @property
    def tests(self) -> Path:
        return self.course / "tests" / self.chapter / f"test_{self.stem}.py"

    @property
    def inside(self) -> Path:
        """Functions of ours that run beside the learner's; need not exist."""
        return self.course / "tests" / self.chapter / f"inside_{self.stem}.py"

    @property
    def mistakes(self) -> list[Path]:
        return sorted((self.course / "tests" / "mistakes" / self.path).glob("*.py"))

    @property
    def own_mistakes(self) -> list[Path]:
        """The instructor's, but for names that ours have."""
        ours = {path.stem for path in self.mistakes} if self.own else set()
        return [path for path in sorted(self.own.joinpath(self.path).glob("*.py")) if path.stem not in ours] if self.own else []

    @property
    def variants(self) -> list[Variant]:
        """The wordings of all mistakes: of each its own file, what lies in the
        folder of its name, and what their FREE allows.
        """
        files = [(path.stem, file) for path in self.mistakes for file in [path, *sorted(path.with_suffix("").glob("*.py"))]]
        return [variant for slug, file in files for variant in _variants(slug, file)] + self.own_variants

    @property
    def own_variants(self) -> list[Variant]:
        """The instructor's wordings, of mistakes of their own and of ours."""
        if not self.own:
            return []
        heads, ours = self.own_mistakes, {path.stem for path in self.mistakes}
        place = self.own / self.path
        slugs = ours - {path.stem for path in place.glob("*.py")} | {path.stem for path in heads}
        files = [(path.stem, path) for path in heads]
        files += [(path.parent.name, path) for path in sorted(place.glob("*/*.py")) if path.parent.name in slugs]
        return [variant for slug, file in files for variant in _own_variants(slug, file)]

    @property
    def mistakes_digest(self) -> str:
        """Changes when a wording of a mistake is added, removed or edited; of
        ours, what it was at first.
        """
        return self._our_digest if not self.own else _digest_of([self._our_digest, *map(_named_text, self.own_variants)])

    @cached_property
    def _our_digest(self) -> str:
        return _digest_of(map(_named_text, replace(self, own=None).variants))

    @property
    def ways(self) -> Path:
        """In which ways the mistakes fail, see `judge.ways`."""
        return self.course / "tests" / "ways" / f"{self.path}.json"

    @property
    def alternatives(self) -> list[Path]:
        return sorted((self.course / "tests" / "alternatives" / self.path).glob("*.py"))

    @property
    def _constants(self) -> dict[str, Any]:
        return constants_of(self.tests.read_text("utf-8"))

    @property
    def hints(self) -> tuple[str, ...]:
        """`HINTS` at the top of the graded tests, read without importing
        them.
        """
        return self._constants.get("HINTS", ())

    @property
    def learned(self) -> str:
        """`LEARNED` at the top of the graded tests: what one knows who has
        solved it, in one line.
        """
        return self._constants.get("LEARNED", "")

    @property
    def words(self) -> dict[str, str]:
        """`WORDS` at the top of the graded tests: which of PyTorch's words is
        which of JAX's or Flax's.
        """
        return self._constants.get("WORDS", {})

    @property
    def older(self) -> dict[str, str]:
        """`OLDER` at the top of the graded tests: words of older JAX and Flax
        code, and what is written today.
        """
        return self._constants.get("OLDER", {})

    @property
    def graded(self) -> str:
        """The text of the graded tests, as far as it decides a verdict."""
        return without_words(self.tests.read_text("utf-8"))

    @property
    def devices(self) -> int:
        """`DEVICES` at the top of the graded tests: how many CPU devices JAX
        has; 1 by default.
        """
        return self._constants.get("DEVICES", 1)

    @property
    def precision(self) -> str:
        """`PRECISION` at the top of the graded tests: in which JAX multiplies
        matrices by default; "default" is JAX's own.
        """
        return self._constants.get("PRECISION", "highest")

    @property
    def checks(self) -> list[tuple[str, str, int]]:
        """Each graded check's name, sentence and points, read without importing
        them.
        """
        tree = ast.parse(self.tests.read_text("utf-8"))
        found = [n for n in tree.body if isinstance(n, ast.FunctionDef) and n.name.startswith("test_")]
        return [(n.name, sentence(ast.get_docstring(n) or n.name), _points(n)) for n in found]

    @property
    def sentences(self) -> dict[str, str]:
        """What each graded check asks for, by its name."""
        return {name: says for name, says, _ in self.checks}

    def explanation(self, slug: str) -> str:
        """The docstring of a mistake: what the learner is told."""
        path = next(p for p in [*self.mistakes, *self.own_mistakes] if p.stem == slug)
        return ast.get_docstring(ast.parse(path.read_text("utf-8"))) or ""

    def submitted(self, submission: Path) -> Path:
        """Where this exercise's file is in `submission`: a folder laid out like
        `exercises/`, or the file itself.
        """
        return submission if submission.is_file() else submission / self.file


def _named_text(variant: Variant) -> str:
    return f"{variant.name}\n{variant.text}\0"


def _digest_of(texts: Iterable[str]) -> str:
    return hashlib.sha256("".join(texts).encode()).hexdigest()


def _points(function: ast.FunctionDef) -> int:
    marks = [d for d in function.decorator_list if isinstance(d, ast.Call) and ast.unparse(d.func) == "pytest.mark.points"]
    return next((int(ast.literal_eval(mark.args[0])) for mark in marks), 1)
