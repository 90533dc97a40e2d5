"""Which exercises there are: read from the trees, so that there is no list to
edit.

The path of a file says everything: `exercises/ch01_parameters/ex04_set_bias.py`
is exercise `1.4`, slug `set_bias`.
"""

import ast
import codecs
import contextlib
import difflib
import hashlib
import io
import os
import re
import tokenize
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache, cached_property
from importlib import resources
from pathlib import Path
from typing import Any

# The docstring's line on the way there: `After 1.3 and 1.4. About 15 minutes.`
PATH = re.compile(r"^(?:After ((?:\d+\.\d+(?:, | and )?)+)\. )?About (\d+) minutes\.$", re.MULTILINE)
FILE = re.compile(r"ch(\d+)_(\w+)/ex(\d+)_(\w+)\.py")
PYTORCH, JAX = "# --- PyTorch ---", "# --- JAX ---"
WORDS = ("WORDS", "OLDER")  # constants of graded tests that no check reads


SLOW = ("idna", "punycode")  # to decode: in the square of the length
OWN = "KATA_MISTAKES"  # in the environment: an instructor's own folder of mistakes, laid out like tests/mistakes
CONSTANTS = ("HINTS", "LEARNED", "DEVICES", "PRECISION", "FREE")  # of a file, which are read without importing it


class NoText(ValueError):
    """A file that cannot be read as text; the message says why."""


class NoCourse(LookupError):
    """There are no exercises to grade at or above a folder."""


class UnknownExercise(LookupError):
    """A name on the command line that no exercise has; the message suggests the
    nearest.
    """


@cache
def _constants(source: str) -> dict[str, Any]:
    """The values of some constants in a file's text, by name."""
    named = ((getattr(n.targets[0], "id", ""), n.value) for n in ast.parse(source).body if isinstance(n, ast.Assign))
    return {name: ast.literal_eval(value) for name, value in named if name in (*CONSTANTS, *WORDS)}


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
    free = _constants(text).get("FREE", {})
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
    def hints(self) -> tuple[str, ...]:
        """`HINTS` at the top of the graded tests, read without importing
        them.
        """
        return _constants(self.tests.read_text("utf-8")).get("HINTS", ())

    @property
    def learned(self) -> str:
        """`LEARNED` at the top of the graded tests: what one knows who has
        solved it, in one line.
        """
        return _constants(self.tests.read_text("utf-8")).get("LEARNED", "")

    @property
    def words(self) -> dict[str, str]:
        """`WORDS` at the top of the graded tests: which of PyTorch's words is
        which of JAX's or Flax's.
        """
        return _constants(self.tests.read_text("utf-8")).get("WORDS", {})

    @property
    def older(self) -> dict[str, str]:
        """`OLDER` at the top of the graded tests: words of older JAX and Flax
        code, and what is written today.
        """
        return _constants(self.tests.read_text("utf-8")).get("OLDER", {})

    @property
    def graded(self) -> str:
        """The text of the graded tests, as far as it decides a verdict."""
        return without_words(self.tests.read_text("utf-8"))

    @property
    def devices(self) -> int:
        """`DEVICES` at the top of the graded tests: how many CPU devices JAX
        has; 1 by default.
        """
        return _constants(self.tests.read_text("utf-8")).get("DEVICES", 1)

    @property
    def precision(self) -> str:
        """`PRECISION` at the top of the graded tests: in which JAX multiplies
        matrices by default; "default" is JAX's own.
        """
        return _constants(self.tests.read_text("utf-8")).get("PRECISION", "highest")

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


def sentence(docstring: str) -> str:
    """A check's docstring as it is shown: its first paragraph, as one line."""
    return " ".join(docstring.strip().partition("\n\n")[0].split())


def _points(function: ast.FunctionDef) -> int:
    marks = [d for d in function.decorator_list if isinstance(d, ast.Call) and ast.unparse(d.func) == "pytest.mark.points"]
    return next((int(ast.literal_eval(mark.args[0])) for mark in marks), 1)


CHECKOUT = Path(__file__).resolve().parents[2]  # where this package is not installed from a wheel
INSTALLED = Path(str(resources.files("flaxkata").joinpath("course")))  # in a wheel
LAID = Path(".kata", "course.json")  # which stubs `kata init` has laid


def find_root(start: Path) -> Path:
    """The folder with the learner's exercises at or above `start`, else the
    checkout that this package is installed from. Raises NoCourse.
    """
    for folder in (start.resolve(), *start.resolve().parents, CHECKOUT):
        if is_checkout(folder) or (folder / LAID).is_file() or (INSTALLED.is_dir() and has_exercises(folder)):
            return folder
    raise NoCourse(f"There are no exercises in {start}")


def is_checkout(folder: Path) -> bool:
    """Whether our own files lie beside the exercises."""
    return all((folder / name).is_dir() for name in ("exercises", "solutions", "tests"))


def has_exercises(folder: Path) -> bool:
    """Whether a file in a folder's `exercises/` is named as one."""
    return any((folder / "exercises").glob("ch*/ex*.py"))


def course_of(root: Path) -> Path:
    """Where solutions, graded tests and mistakes are: beside the exercises in a
    checkout, else in this package.
    """
    return root if is_checkout(root) else INSTALLED if INSTALLED.is_dir() else CHECKOUT


def own_folder() -> Path | None:
    """An instructor's own folder of mistakes. The environment has its full path
    from now on: what is started from here works in different folders.
    """
    if not os.environ.get(OWN):
        return None
    folder = Path(os.environ[OWN]).absolute()
    os.environ[OWN] = str(folder)
    return folder


def exercises(root: Path) -> list[Exercise]:
    """All exercises in reading order, with an instructor's own mistakes where
    the environment says.
    """
    course, own = course_of(root), own_folder()
    paths = [p.relative_to(course / "solutions").as_posix() for p in (course / "solutions").glob("ch*/ex*.py")]
    found = [Exercise(root, course, path.removesuffix(".py"), own) for path in paths if FILE.fullmatch(path)]
    return sorted(found, key=lambda e: [int(n) for n in e.number.split(".")])


def of_tests(root: Path, path: Path) -> Exercise | None:
    """The exercise that a file of graded checks belongs to, or None. The trees
    are read once in a process.
    """
    return _by_tests(root).get(path)


@cache
def _by_tests(root: Path) -> dict[Path, Exercise]:
    return {e.tests: e for e in exercises(root)}


def _aliases(exercise: Exercise) -> set[str]:
    chapter = exercise.chapter.split("_")[0]
    return {exercise.number, exercise.slug, exercise.stem, exercise.chapter, chapter, exercise.number.split(".")[0]}


def select(root: Path, wanted: list[str]) -> list[Exercise]:
    """Exercises by number, slug or chapter (`1.3`, `set_bias`, `ch01`); all for
    an empty list. Raises UnknownExercise.
    """
    everything = exercises(root)
    if not wanted:
        return everything
    for name in wanted:
        if not any(name in _aliases(e) for e in everything):
            known = sorted(set().union(*map(_aliases, everything)))
            near = difflib.get_close_matches(name, known, n=1, cutoff=0.4)
            nearest = next((e for e in everything if near and near[0] in _aliases(e)), None)
            hint = f" Nearest: {near[0]} ({nearest.number} {nearest.slug})." if nearest else ""
            raise UnknownExercise(f"No exercise or chapter is called {name!r}.{hint} `kata list` shows them all.")
    return [e for e in everything if _aliases(e) & set(wanted)]


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
