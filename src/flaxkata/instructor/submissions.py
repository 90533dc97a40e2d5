"""Submissions of a cohort: folders, archives, git checkouts or loose files,
read without trusting them.

Nothing is unpacked, nothing is followed, nothing is run. A file that answers an
exercise is taken wherever it lies, a notebook's `%%kata` cells whatever its
name, and what is not taken is named: a right answer is never lost without a
word.
"""

import functools
import itertools
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from flaxkata import catalog
from flaxkata.exercise import Exercise
from flaxkata.instructor import archives, claims, folders, recognition
from flaxkata.instructor.archives import Allowance, Entry
from flaxkata.instructor.claims import Claim
from flaxkata.instructor.recognition import Names

AROUND = 5  # folders around everything that are looked through for learners
LISTED = 200  # names of ignored files that are kept
SHOWN = 6  # names of files, where nothing was recognized


@dataclass
class Submission:
    """What one learner handed in: texts by exercise number, and for files that
    were refused the reason; the files that were ignored, those of them that
    may be answers, and what was chosen where several files answer an exercise.
    `places` has the paths of the texts, and `recognized` is whether any file
    answers any exercise, also one that is not asked for.
    """

    learner: str
    source: str
    texts: dict[str, bytes] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)
    ignored: list[str] = field(default_factory=list)
    unrecognized: list[str] = field(default_factory=list)
    choices: list[str] = field(default_factory=list)
    places: dict[str, str] = field(default_factory=dict)
    recognized: bool = False


@functools.cache
def known_names(root: Path) -> Names:
    """Of all exercises: a file may answer one that is not asked for."""
    return recognition.names(catalog.exercises(root))


# --- one learner ---


def read(paths: list[Path], learner: str, exercises: list[Exercise]) -> list[Submission]:
    """The submission at `paths`; several, if a platform has put the files of
    several learners there.
    """
    known = known_names(exercises[0].root)

    def wanted(path: str) -> bool:
        return bool(archives.kind_of(path) or recognition.is_notebook(path) or recognition.exercise_of(path, known))

    with Allowance() as allowance:
        found = [entry for path in paths for entry in folders.entries(path, allowance, wanted)]
        source = " and ".join(archives.text(path.name) for path in paths)
        by_learner = _by_learner(found, known) if len(paths) == 1 else {learner: found}
        return [
            _submission(Submission(name or learner, source), part, exercises, known, allowance)
            for name, part in by_learner.items()
        ]


def _by_learner(entries: list[Entry], known: Names) -> dict[str, list[Entry]]:
    """Entries by the learner whom a platform has put into the name of a folder
    or file, if these are two or more. What is nobody's has no name.
    """
    paths = [entry.path.split("/") for entry in entries]
    depth = 0  # of one folder around everything
    while depth < AROUND and all(len(path) > depth + 1 for path in paths) and len({path[depth] for path in paths}) == 1:
        depth += 1
    found: dict[str, list[Entry]] = {}
    for entry, path in zip(entries, paths, strict=True):
        is_file = len(path) == depth + 1 or archives.kind_of(path[depth]) != ""
        found.setdefault(recognition.learner_of(path[depth], is_file), []).append(entry)
    if len(found.keys() - {""}) < 2:
        return {"": entries}
    if not any(_may_be_an_answer(entry, known) for entry in found.get("", [])):
        found.pop("", None)  # as the platform's own index
    return found


def _may_be_an_answer(entry: Entry, known: Names) -> bool:
    named = recognition.exercise_of(entry.path, known) or recognition.looks_like_an_answer(entry.path, known)
    return entry.place or bool(named)


def _submission(
    submission: Submission, entries: list[Entry], exercises: list[Exercise], known: Names, allowance: Allowance
) -> Submission:
    """Sort a submission's files into what is taken, refused and ignored."""
    kit = recognition.kits_own(entry.path for entry in entries)
    entries = [entry for entry in entries if entry.path not in kit]
    notebooks = {id(e): claims.read_notebook(e, known, allowance) for e in entries if recognition.is_notebook(e.path)}
    entries = [notebooks[id(entry)].entry if id(entry) in notebooks else entry for entry in entries]
    found = claims.by_exercise(entries, list(notebooks.values()), known, allowance)
    submission.recognized = bool(found)
    for e in exercises:
        if e in found:
            _take(submission, e, found[e])
    claimed = {id(claim.entry) for some in found.values() for claim in some}
    rest = [entry for entry in entries if id(entry) not in claimed]
    for e in exercises:
        if e not in found and (place := next((p for p in rest if p.place and _may_be_in(e, p)), None)):
            submission.refused[e.number] = _refused(place)
    submission.ignored = [entry.path for entry in rest][:LISTED]
    like = [entry for entry in rest if _may_be_an_answer(entry, known)]
    passed_over = [f"{one.entry.path}, {words}" for one in notebooks.values() for words in one.passed_over]
    submission.unrecognized = [*(f"{e.path}{' ' * bool(e.refused)}{e.refused}" for e in like), *passed_over][:LISTED]
    if not found and not submission.refused:
        _nothing(submission, exercises, rest)
    return submission


def _take(submission: Submission, exercise: Exercise, claimed: list[Claim]) -> None:
    best = claimed[0]
    if best.refused:
        submission.refused[exercise.number] = _refused(best.entry, best.refused)
    else:
        submission.texts[exercise.number] = best.content
        submission.places[exercise.number] = best.entry.path
    submission.choices += itertools.islice(claims.choices(exercise, claimed), SHOWN)


def _may_be_in(exercise: Exercise, place: Entry) -> bool:
    """Whether an exercise's answer would lie in a folder or a notebook that was
    not looked into, by its name.
    """
    name = place.path.rstrip("/").rpartition("/")[2].lower()
    return name in ("exercises", exercise.chapter, f"{exercise.chapter}.ipynb")


def _nothing(submission: Submission, exercises: list[Exercise], rest: list[Entry]) -> None:
    """Nothing was recognized. Where something was not looked into, all may be
    in there.
    """
    if place := next((entry for entry in rest if entry.place), None):
        submission.refused = {e.number: _refused(place) for e in exercises}
    if not submission.unrecognized:
        names = sorted((entry.path for entry in rest), key=lambda path: not path.lower().endswith(".py"))
        submission.unrecognized = names[:SHOWN] or ["no files"]


def _refused(entry: Entry, why: str = "") -> str:
    return f"{entry.path} {why or entry.refused}; it was not graded."


# --- a class ---


def read_all(folder: Path, exercises: list[Exercise]) -> tuple[list[Submission], list[str]]:
    """All submissions in `folder`, by name, and what lies there that is
    none.
    """
    owners, other = owned(folder, exercises)
    found: list[Submission] = []
    for name, paths in owners.items():
        for submission in read(paths, name, exercises):
            submission.learner = _unique(submission.learner, {one.learner for one in found})
            found.append(submission)
    return found, other


def owned(folder: Path, exercises: list[Exercise]) -> tuple[dict[str, list[Path]], list[str]]:
    """The paths in a folder by the learner whose they are, and what is
    nobody's.
    """
    known = known_names(exercises[0].root)
    owners: dict[str, list[Path]] = {}
    other = []
    for path in sorted(folder.iterdir(), key=lambda p: p.name.casefold()):
        name = archives.text(path.name)
        if path.is_symlink() or name.startswith((".", "__")) or not (path.is_dir() or path.is_file()):
            other.append(name)
        elif named := recognition.learner_of(name, path.is_file()):
            owners.setdefault(named, []).append(path)
        elif path.is_dir() or archives.kind_of(name):
            owner = name if path.is_dir() else archives.without_suffix(name)
            owners[_unique(name if owner in owners else owner, owners)] = [path]  # anna/ and anna.zip are two
        elif recognition.exercise_of(name, known) or recognition.looks_like_an_answer(name, known):
            owners.setdefault(recognition.learner_before(name, known) or folder.absolute().name, []).append(path)
        else:
            other.append(name)
    return owners, other


def _unique(name: str, taken: Iterable[str]) -> str:
    number, unique = 1, name
    while unique in taken:
        number += 1
        unique = f"{name} ({number})"
    return unique
