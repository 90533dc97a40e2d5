"""What is to be said of a notebook's cell beside its verdict: that it is not
Python, that it answers another exercise, that it needs another cell.
"""

import ast
import re
from collections.abc import Container
from dataclasses import dataclass

from flaxkata import report
from flaxkata.exercise import Exercise
from flaxkata.learner import progress
from flaxkata.notebook import answers
from flaxkata.render.terminal import Context, Steps

UNDEFINED = re.compile(r"NameError: name '(\w+)' is not defined")


@dataclass(frozen=True)
class Cell:
    """The graded text of a cell, and the exercise that it says it answers."""

    exercise: Exercise
    text: str
    exercises: list[Exercise]

    def not_python(self, is_ipythons: bool) -> str:
        """Why the text cannot be graded, if it is not Python; it may be
        IPython's.
        """
        try:
            ast.parse(self.text)
        except SyntaxError as error:
            if is_ipythons:
                return (
                    "This cell has lines that only IPython understands, such as `!ls` or `%timeit`, so it is not graded. "
                    "What is graded is plain Python: move them to a cell of their own."
                )
            return f"This is not Python yet, so it is not graded: {error.msg}, in line {error.lineno} of the cell."
        except ValueError as error:
            return f"This is not Python, so it is not graded: {error}."
        return ""

    def meant_otherwise(self) -> str:
        """Which exercise the cell answers, if it is not the one that it
        names.
        """
        asked, other = self.exercise, answers.meant(self.text, self.exercise, self.exercises)
        if not other:
            return ""
        return (
            f"This cell has what {other.number} {other.slug} asks for ({_names(other)}), and nothing that {asked.number} "
            f"{asked.slug} asks for ({_names(asked)}). To have it graded, begin it with `%%kata {other.number}`."
        )


@dataclass(frozen=True)
class Verdict:
    """What a report does not know: the cell, what is next, and the names of the
    notebook.
    """

    cell: Cell
    result: report.Report
    next: Exercise | None
    namespace: Container[str]

    @property
    def contexts(self) -> dict[str, Context]:
        return {self.cell.exercise.number: self._context(self.cell.exercise)}

    @property
    def following(self) -> Context | None:
        return self._context(self.next) if self.next else None

    @property
    def notes(self) -> list[str]:
        """On names that only other cells define."""
        findings = [words for e in self.result.exercises for c in e.wrong for words in c.findings]
        names = dict.fromkeys(name for words in findings for name in UNDEFINED.findall(words) if name in self.namespace)
        return [
            f"`{name}` is defined in another cell. This cell is graded alone, so define or import `{name}` in it."
            for name in names
        ]

    def _context(self, e: Exercise) -> Context:
        lines = enumerate(self.cell.text.splitlines(), 1) if e == self.cell.exercise else ()
        stubs = [n for n, line in lines if line.lstrip().startswith("raise NotImplementedError")]
        help = f"`%kata {'solution' if progress.all_hints_read(e) else 'hint'} {e.number}` helps"
        go_on = f"Next is {e.number} {e.slug}: {e.title}. `%kata next` shows its text."
        steps = Steps(help, "change the cell and run it again", "", go_on)
        return Context(e.chapter, "this cell", f"`%kata solution {e.number}`", "", e.learned, steps, stubs)


def _names(exercise: Exercise) -> str:
    return ", ".join(f"`{name}`" for name in sorted(answers.asked_of(exercise)))
