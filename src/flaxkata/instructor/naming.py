"""A known mistake from what people did: one of their files, without what is
not needed, and the words to say.
"""

import ast
import re
import textwrap
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from flaxkata import cohort_report, python_files, report
from flaxkata.exercise import Exercise
from flaxkata.instructor import cohort, cohort_file, submissions
from flaxkata.judge.options import LIMIT, GradeOptions
from flaxkata.judge.taught import SLUG

MEMORY = 2500  # MB that an answer may use
WIDTH = 80


class Refused(Exception):
    """This cannot be done; the message says why, and what can."""


@dataclass(frozen=True)
class Group:
    """Answers that did the same: the results to their exercise that are known,
    by learner, and how they were graded. `source` is the folder with the
    submissions, or the board's file, and `texts` reads what there is of the
    group's files, or raises Refused.
    """

    exercise: Exercise
    found: cohort_report.Unnamed
    results: dict[str, report.Exercise]
    options: GradeOptions
    source: Path
    texts: Callable[[], Mapping[str, bytes]]

    @property
    def learners(self) -> list[str]:
        return list(self.found.files)


@dataclass(frozen=True)
class Named:
    """What a mistake is to be called: a new one, or a `wording` of one that
    there is; and the words to say.
    """

    slug: str
    wording: str = ""
    words: str = ""

    @property
    def path(self) -> str:
        return f"{self.slug}/{self.wording}.py" if self.wording else f"{self.slug}.py"


def group_of(out: Path, exercise: Exercise, number: int) -> Group:
    """A group of a cohort's results, by its number among the exercise's. Raises
    Refused.
    """
    about = cohort_file.read(out)
    if not about or not about.folder:
        raise Refused(f"{out} has no results of `kata cohort`; give the folder that it wrote.")
    found = cohort.load(out, [exercise])
    groups = {group.number: group for group in found.unnamed}
    if not groups:
        raise Refused(f"No wrong answer to {exercise.number} in {out} is without a name.")
    if number not in groups:
        raise Refused(f"{exercise.number} has groups 1 to {len(groups)} in {out}.")
    placed = {one.name for one in about.learners if exercise.number in one.places}
    results = {one.name: e for one in found.learners for e in one.exercises if one.name in placed}
    folder = Path(about.folder)
    options = cohort.options_of(folder, out, exercise, cohort.Limits(LIMIT, MEMORY), None)
    return Group(exercise, groups[number], results, options, folder, lambda: _handed_in(folder, exercise))


def _handed_in(folder: Path, exercise: Exercise) -> dict[str, bytes]:
    """All answers of a cohort to an exercise. Raises Refused."""
    if not folder.is_dir():
        raise Refused(f"The submissions are no longer in {folder}; run `kata cohort` where they are now.")
    return {one.learner: one.texts.get(exercise.number, b"") for one in submissions.read_all(folder, [exercise])[0]}


def name_of(given: str, exercise: Exercise) -> Named:
    """A name as it was typed: `slug`, or `slug/wording`. Raises Refused."""
    slug, _, wording = given.partition("/")
    known = {path.stem for path in (*exercise.mistakes, *exercise.own_mistakes)}
    if not all(re.match(SLUG, part) for part in given.split("/")):
        raise Refused(
            f"--as {given}: a name has 3 to 60 lower case letters, digits and underscores, as in kernel_not_transposed."
        )
    if wording and slug not in known:
        raise Refused(f"--as {given}: {exercise.number} has no mistake {slug}, so there are no wordings of it.")
    if not wording and slug in known:
        raise Refused(f"{exercise.number} has a mistake {slug}. If this is the same one, name a wording: --as {slug}/in_a_loop")
    if wording and any(v.name.removeprefix("own:") == given for v in exercise.variants):
        raise Refused(f"{exercise.number} has a wording {given}; give this one a different name.")
    return Named(slug, wording, exercise.explanation(slug) if wording else "")


def worded(words: str, exercise: Exercise) -> str:
    """The words to say, as they can be kept. Raises Refused."""
    words = report.printable(words).strip()
    if not words or len(words) > report.MOST_TEXT:
        raise Refused(f"The words for the learner have 1 to {report.MOST_TEXT} characters; these have {len(words)}.")
    if '"""' in words:
        raise Refused('The words for the learner go into a docstring, so """ cannot stand in them.')
    for path in (*exercise.mistakes, *exercise.own_mistakes):
        if exercise.explanation(path.stem).split() == words.split():
            raise Refused(f"These are the words of {path.stem}. If this is the same mistake, name a wording of it.")
    return words


# --- the file ---


def simplest(group: Group, learner: str = "") -> tuple[str, str]:
    """Whose answer to take, and its code: the one with the fewest other
    failures, or that of `learner`. Raises Refused.
    """
    if learner and learner not in group.learners:
        raise Refused(f"--from {learner}: the group is {', '.join(map(report.one_line, group.learners))}.")
    wanted, texts = [learner] if learner else group.learners, group.texts()
    codes = [(who, code) for who in wanted if (code := _code(texts.get(who, b"")))]
    if not codes:
        raise Refused(f"No answer of {learner or 'the group'} can be read in {group.source}.")
    return min(codes, key=lambda each: (*_beside(group, each[0]), len(each[1])))


def _beside(group: Group, learner: str) -> tuple[int, int]:
    """How many other checks an answer fails, and how many it does not come
    to.
    """
    checks, result = {check.name for check in group.found.checks}, group.results[learner]
    todo = sum(check.outcome == report.Outcome.TODO for check in result.checks)
    return len({check.name for check in result.wrong} - checks), todo


def _code(content: bytes) -> str:
    """An answer without its PyTorch section, comments and docstrings, in which
    a learner's name may stand. Nothing if it is not Python.
    """
    try:
        tree = ast.parse(python_files.blank(content.decode("utf-8-sig"), python_files.PYTORCH))
        for node in ast.walk(tree):
            if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and ast.get_docstring(node) is not None:
                node.body[:1] = [] if len(node.body) > 1 or isinstance(node, ast.Module) else [ast.Pass()]
        return ast.unparse(tree)
    except (SyntaxError, ValueError, RecursionError):
        return ""


def mistake(code: str, named: Named) -> str:
    """The text of the mistake's file. A wording has no words of its own."""
    return f"{code}\n" if named.wording else f"{_docstring(named.words)}\n\n{code}\n"


def _docstring(words: str) -> str:
    raw = "r" * ("\\" in words)
    paragraphs = [" ".join(paragraph.split()) for paragraph in re.split(r"\n\s*\n", f'{raw}"""{words}')]
    text = "\n\n".join(textwrap.fill(p, WIDTH, break_long_words=False, break_on_hyphens=False) for p in paragraphs)
    fits = "\n" not in text and len(text) + 3 <= WIDTH and text[-1] not in '"\\'
    return f'{text}"""' if fits else f'{text}\n"""'
