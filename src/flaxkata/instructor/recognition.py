"""What names say: whether a file answers an exercise, whose it is, and what is
never looked into.

People and platforms change names: `Ex04_set_bias.py`, `ex04_set_bias (1).py`,
`lovelaceada_12_345_ex04_set_bias-1.py`. So the exercise's own name is looked
for anywhere in a file's, in any case; folders only decide between several.
"""

import itertools
import re
from collections.abc import Iterable, Mapping

from flaxkata.exercise import Exercise

# Folders that tools make: nothing in them was written by a learner, and some hold old copies.
SKIPPED = {
    "__macosx", "__pycache__", ".git", ".ipynb_checkpoints", ".kata", ".nox", ".tox", ".venv", "node_modules",
    "site-packages", "venv",
}  # fmt: skip
# Beside `exercises/`, these are the kit's own.
KIT = re.compile(r"(?:^|/)(solutions/ch|src/flaxkata/|tests/(alternatives|kit|mistakes|mutants)/)")

PYTHON = re.compile(r"\.py(\.txt)?\s*$", re.IGNORECASE)
NOTEBOOK = re.compile(r"\.ipynb(\.json|\.txt)?\s*$", re.IGNORECASE)
CODE, PROSE = re.compile(r"\.(py|ipynb)\b"), re.compile(r"\.(txt|docx?|pdf)\b")
NAME = re.compile(r"(?<![a-z0-9])ex[\W_]?0*(\d{1,3})(?!\d)(?=(.*))", re.IGNORECASE | re.DOTALL)
CHAPTER = re.compile(r"ch0*(\d{1,3})(?!\d)", re.IGNORECASE)
LIKE = re.compile(r"(ex|exercise|(?<![a-z])ch|chapter)[\W_]*\d", re.IGNORECASE)
OURS = re.compile(r"test_|inside_|\._")  # how names begin that hold an exercise's and are no answers
SETTINGS = re.compile(r"(__init__|conftest|noxfile|setup|sitecustomize)\.py")
LONGEST = 300  # characters of a name that are looked at

MOODLE = re.compile(r"(.+_\d+)_assignsubmission_(?:file|onlinetext)_?.*", re.DOTALL)
CANVAS = re.compile(r"([^_]+?)(?:_late)?_(\d{2,})_\d{2,}_.+", re.DOTALL | re.IGNORECASE)
GRADESCOPE = re.compile(r"submission_\d{5,}")
COPY = re.compile(r"(copy( of)?|kopie( von)?)\W*", re.IGNORECASE)

Names = Mapping[tuple[int, str], Exercise]


def names(exercises: Iterable[Exercise]) -> Names:
    """What `exercise_of` looks up: exercises by number and slug, and by number
    and chapter.
    """
    found = {}
    for e in exercises:
        chapter, number = map(int, e.number.split("."))
        found[number, e.slug.replace("_", "")] = found[number, f"ch{chapter}"] = e
    return found


def exercise_of(path: str, known: Names) -> Exercise | None:
    """The exercise that a file answers, by its path."""
    *folders, name = path.rsplit("/", 2)
    name = name[-LONGEST:]
    if OURS.match(name) or not PYTHON.search(name):
        return None
    return _named(name, known)[0] or _numbered(name, folders[-1] if folders else "", known)


def _named(name: str, known: Names) -> tuple[Exercise | None, int]:
    """The exercise whose name stands in a file's, in any case and with any
    characters between its words; and where.
    """
    for found in NAME.finditer(name):
        words = re.findall("[a-z]+", found[2].lower())[:6]
        for joined in reversed(list(itertools.accumulate(words))):  # `conv_stem` is not `conv`
            if e := known.get((int(found[1]), joined)):
                return e, found.start()
    return None, 0


def _numbered(name: str, folder: str, known: Names) -> Exercise | None:
    """`ch01_parameters/ex04.py`."""
    chapter, found = CHAPTER.match(folder), re.match(r"ex0*(\d{1,3})(?![a-z0-9_])", name, re.IGNORECASE)
    return known.get((int(found[1]), f"ch{int(chapter[1])}")) if chapter and found else None


def is_notebook(path: str) -> bool:
    """Whether a file is called as a notebook."""
    return bool(NOTEBOOK.search(path)) and not path.rpartition("/")[2].startswith("._")


def is_exact(path: str, exercise: Exercise) -> bool:
    """Whether a file has just the name that it has in the kit."""
    return path.rpartition("/")[2] == f"{exercise.stem}.py"


def in_exercises(path: str) -> bool:
    """Whether a file lies somewhere in a folder `exercises/`."""
    return "exercises" in path.lower().split("/")[:-1]


def is_skipped(path: str) -> bool:
    """Whether a path leads through a folder that is never looked into."""
    return not SKIPPED.isdisjoint(path.lower().split("/"))


def kits_own(paths: Iterable[str]) -> set[str]:
    """Which of these are the kit's own files, beside `exercises/`."""
    paths = list(paths)
    tops = {path[: found.start(1)] for path in paths if (found := re.search(r"(?:^|/)(exercises)/", path, re.IGNORECASE))}
    return {path for path in paths if any(path[: found.start(1)] in tops for found in KIT.finditer(path))}


def looks_like_an_answer(path: str, known: Names) -> bool:
    """Whether somebody may have meant a file as an answer, though its name says
    nothing that is known: any Python, and texts that are called like one.
    """
    name = path.rpartition("/")[2][-LONGEST:].lower()
    if OURS.match(name) or SETTINGS.fullmatch(name):
        return False
    letters = re.sub("[^a-z]", "", name)
    like = LIKE.search(name) or any(len(slug) > 6 and slug in letters for _, slug in known)
    return bool(CODE.search(name) or (PROSE.search(name) and like))


# --- learners ---


def learner_of(name: str, is_file: bool) -> str:
    """Whose a folder or a file is, where a platform has put the learner into
    its name; else nothing.
    """
    if found := MOODLE.fullmatch(name):
        return found[1]
    if is_file and (found := CANVAS.fullmatch(name)):
        return f"{found[1]}_{found[2]}"
    return name if not is_file and GRADESCOPE.fullmatch(name) else ""


def learner_before(name: str, known: Names) -> str:
    """Whose a loose file is, from what stands before the exercise's name: `Ada
    Lovelace - ex04_set_bias.py`.
    """
    exercise, start = _named(name, known)
    before = name[:start].strip(" _-.") if exercise else ""
    return "" if COPY.fullmatch(before) else before
