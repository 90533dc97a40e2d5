"""Groups of a room's wrong answers, as `kata name` takes them: by what a board
was told, and with the files that were shared.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path

from flaxkata import cohort_report, posts, report
from flaxkata.exercise import Exercise
from flaxkata.instructor.naming import MEMORY, Group, Refused
from flaxkata.instructor.room_groups import RoomGroup, RoomGroups, result_of
from flaxkata.judge.options import LIMIT, GradeOptions
from flaxkata.wire import Confinement


def group_of(
    file: Path, exercise: Exercise, number: int, names: Mapping[int, str], told: Iterable[tuple[int, posts.What]]
) -> Group:
    """A group of an exercise, by its number on the board's page: `told` is all
    of the exercise in the board's `file`, in order, with whose it is. Raises
    Refused.
    """
    groups, last, shared = RoomGroups([exercise.number]), {}, {}
    for learner, what in told:
        if isinstance(what, posts.Verdict):
            groups.put(learner, what)
            last[learner] = what
        else:
            shared[learner] = what.text.encode("utf-8", "replace")
    found = groups.of(exercise.number)
    if not found:
        raise Refused(f"No wrong answer to {exercise.number} in {file} is without a name.")
    if number > len(found):
        raise Refused(f"{exercise.number} has groups 1 to {len(found)} in {file}.")
    members = {names[learner]: learner for learner in found[number - 1].learners}
    texts = {name: shared[learner] for name, learner in members.items() if learner in shared}
    if not texts:
        raise Refused(f"Nobody in this group shared a file. Ask one of them to type: kata share {exercise.number}")
    results = {name: result_of(last[learner]) for name, learner in members.items()}
    shown = _shown(exercise, found[number - 1], {name: "shared a file" if name in texts else "" for name in members})
    return Group(exercise, shown, results, _options(file, exercise), file, lambda: texts)


def _shown(exercise: Exercise, group: RoomGroup, files: dict[str, str]) -> cohort_report.Unnamed:
    outline = cohort_report.Outline(exercise.number, exercise.slug, exercise.title, exercise.chapter, exercise.file)
    sentences = exercise.sentences
    checks = [
        report.Check(
            c.name, sentences.get(c.name, c.name), 0, c.outcome, [*map(posts.in_short, c.failures)], failures=c.failures
        )
        for c in group.checks
    ]
    return cohort_report.Unnamed(outline, group.number, checks, files)


def _options(file: Path, exercise: Exercise) -> GradeOptions:
    """As learners are graded, and confined as a cohort's answers are."""
    work, own = workplace(file) / "work", [exercise.own] if exercise.own else []
    hidden = [str(path.resolve()) for path in (exercise.root, exercise.course, file.parent, *own)]
    return GradeOptions(limit=LIMIT, memory=MEMORY, confinement=Confinement(str(work), tuple(hidden)))


def workplace(file: Path) -> Path:
    """Where a mistake is tried: a folder beside the board's file."""
    return file.resolve().parent / "naming"
