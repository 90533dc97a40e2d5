"""Whether the graded checks notice small changes to our own answers.

    python tests/kit/mutants.py                 all exercises, on both cores
    python tests/kit/mutants.py 4.7 5.1         these
    python tests/kit/mutants.py 4.7 --declare   write down what survived, for reasons
    python tests/kit/mutants.py --table         write the table in CONTRIBUTING.md

A mutant (see `mutation.py`) is killed when a check fails; by the time limit or
a crash only when that happens twice. One that survives shows an input that the
checks lack. Or it is equivalent: it does what the answer does, as far as the
text goes. Then `tests/mutants/<chapter>/<exercise>.json` says why, in its
`equivalent` list: {"operator", "change": the changed lines, "reason"}. That
file also has the digest of all that decided, and the counts; a test compares.

What was tried is kept by its contents in `.kata/mutants/`.
"""

import argparse
import ast
import json
import re
import tempfile
from collections import Counter
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any
from unittest import mock

import fresh
import mutation
import one_each
from mutation import Mutant

from flaxkata import catalog, files, python_files, report
from flaxkata.exercise import Exercise
from flaxkata.judge import proxy, store
from flaxkata.judge.options import GradeOptions
from flaxkata.judge.session import GradingSession, open_session

OPTIONS = GradeOptions(shared=True, limit=20)
MOST = 2  # values of an argument that are written down in place of it
PAGE = fresh.ROOT / "CONTRIBUTING.md"
BLOCK = re.compile(r"(<!-- mutants -->\n\n)(.*?)(\n\n<!-- end -->)", re.DOTALL)


@dataclass
class Declared:
    """What an exercise's file says: the digest of all that decides, how many
    mutants there are by operator, and those that no check can notice.
    """

    digest: str = ""
    mutants: int = 0
    killed: int = 0
    operators: dict[str, int] = field(default_factory=dict)
    equivalent: list[dict[str, Any]] = field(default_factory=list)


def file_of(exercise: Exercise) -> Path:
    return exercise.root / "tests" / "mutants" / f"{exercise.path}.json"


def declared(exercise: Exercise) -> Declared:
    return Declared(**files.read_json(file_of(exercise)))


def digest(exercise: Exercise) -> str:
    """Of the code of the answer, of the checks and of what runs beside the
    answer, without comments and docstrings, and of the operators.
    """
    beside = [exercise.inside.read_text("utf-8")] if exercise.inside.exists() else []
    code = map(mutation.original, (exercise.solution.read_text("utf-8"), exercise.graded, *beside))
    return store.digest(*code, Path(mutation.__file__).read_text("utf-8"))


def undeclared(survivors: list[Mutant], known: list[dict[str, Any]]) -> list[Mutant]:
    """The survivors for which there is no reason; one reason may hold for
    several that read the same.
    """
    reasons = {(e["operator"], tuple(e["change"])) for e in known if e["reason"]}
    return [m for m in survivors if (m.operator, m.change) not in reasons]


# --- one exercise ---


class Trial:
    """Tries the mutants of one exercise."""

    def __init__(self, session: GradingSession, exercise: Exercise) -> None:
        self._session, self._exercise = session, exercise
        self._file = exercise.root / ".kata" / "mutants" / f"{exercise.stem}.json"
        self._known = files.read_json(self._file)
        self._conditions = store.digest(store.checks_digest(exercise), json.dumps(store.libraries()))
        self._checks = session.checks(exercise)

    def mutants(self) -> list[Mutant]:
        source = python_files.blank(self._exercise.solution.read_text("utf-8"), python_files.PYTORCH)
        with tempfile.TemporaryDirectory() as folder:
            result = self._run(Path(folder), mutation.original(source), self._checks)
        if result.wrong:
            raise SystemExit(f"{self._exercise.number}: the solution fails {[c.name for c in result.wrong]}")
        return mutation.mutants(source, self._used(source))

    def survivors(self, mutants: list[Mutant]) -> list[Mutant]:
        keys = {store.digest(self._conditions, m.text): m for m in mutants}
        self._known = {key: killer for key, killer in self._known.items() if key in keys}
        kills = Counter(self._known.values())
        with tempfile.TemporaryDirectory() as folder:
            for key, mutant in keys.items():
                if key not in self._known:
                    order = sorted(self._checks, key=lambda name: -kills[name])
                    self._known[key] = self._killer(Path(folder), mutant, order)
                    kills[self._known[key]] += 1
                    files.write_if_possible(self._file, json.dumps(self._known))
        return [mutant for key, mutant in keys.items() if not self._known[key]]

    def _killer(self, folder: Path, mutant: Mutant, checks: list[str]) -> str:
        """The first check that fails, or nothing."""
        for name in checks:
            result = self._run(folder, mutant.text, [name])
            if any(c.outcome in store.UNCERTAIN for c in result.checks):
                result = self._run(folder, mutant.text, [name])
            if any(c.outcome != report.Outcome.PASSED for c in result.checks):
                return name
        return ""

    def _run(self, folder: Path, text: str, checks: list[str]) -> report.Exercise:
        path = folder / f"{self._exercise.stem}.py"
        path.write_text(text)
        (result,) = self._session.run([self._exercise], path, OPTIONS, only=checks)
        return result

    def _used(self, source: str) -> dict[str, dict[str, list[Any]]]:
        """The values that the checks give to parameters and fields, the first
        few of each.
        """
        parameters, used = _parameters(source), {}  # type: dict[str, list[str]], dict[str, dict[str, list[Any]]]
        call = proxy.Handle.__call__

        def noting(handle: proxy.Handle, *args: Any, **kwargs: Any) -> proxy.Handle:
            names = parameters.get(repr(handle), [])
            for name, value in [*zip(names, args, strict=False), *kwargs.items()]:
                values = used.setdefault(repr(handle), {}).setdefault(name, [])
                if isinstance(value, bool | int | float | str) and value not in values and len(values) < MOST:
                    values.append(value)
            return call(handle, *args, **kwargs)

        with mock.patch.object(proxy.Handle, "__call__", noting):
            self._session.run([self._exercise], self._exercise.solution, OPTIONS)
        return used


def _parameters(source: str) -> dict[str, list[str]]:
    """The names of parameters and fields, by function and class."""
    found = {}
    for node in ast.parse(source).body:
        if isinstance(node, ast.FunctionDef):
            found[node.name] = [a.arg for a in node.args.args]
        if isinstance(node, ast.ClassDef):
            found[node.name] = [
                n.target.id for n in node.body if isinstance(n, ast.AnnAssign) and isinstance(n.target, ast.Name)
            ]
    return found


def try_one(exercise: Exercise, declare: bool) -> int:
    """Try an exercise's mutants and write its file; how many survived without a
    reason.
    """

    def program(session: GradingSession) -> tuple[list[Mutant], list[Mutant]]:
        trial = Trial(session, exercise)
        mutants = trial.mutants()
        return mutants, trial.survivors(mutants)

    mutants, survivors = open_session([exercise], OPTIONS, program)
    old = declared(exercise)
    new = undeclared(survivors, old.equivalent)
    lines = {(m.operator, m.change) for m in survivors}
    equivalent = [e for e in old.equivalent if (e["operator"], tuple(e["change"])) in lines]
    print(
        f"{exercise.number} {exercise.slug}: {len(mutants)} mutants, {len(survivors)} survive, {len(new)} without a reason",
        flush=True,
    )
    for mutant in new:
        print("", f"  {mutant.operator}", *(f"    {line}" for line in mutant.change), sep="\n", flush=True)
    if declare:
        missing = dict.fromkeys((m.operator, m.change) for m in new)
        equivalent += [{"operator": operator, "change": list(change), "reason": ""} for operator, change in missing]
    if declare or not new:
        counts = dict(sorted(Counter(m.operator for m in mutants).items()))
        found = Declared(digest(exercise), len(mutants), len(mutants) - len(survivors), counts, equivalent)
        file_of(exercise).parent.mkdir(parents=True, exist_ok=True)
        file_of(exercise).write_text(json.dumps(asdict(found), indent=1) + "\n")
    return len(new)


# --- all of them ---


def table(exercises: list[Exercise]) -> str:
    """What the files say, as Markdown."""
    rows = [("exercise", "mutants", "killed", "equivalent")]
    for exercise in exercises:
        found = declared(exercise)
        rows.append(
            (f"{exercise.number} {exercise.slug}", *map(str, (found.mutants, found.killed, found.mutants - found.killed)))
        )
    totals = [sum(int(row[i]) for row in rows[1:]) for i in (1, 2, 3)]
    rows.append(("all", *map(str, totals)))
    widths = [max(len(row[i]) for row in rows) for i in range(4)]
    lines = ["| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |" for row in rows]
    return "\n".join([lines[0], "| " + " | ".join("-" * width for width in widths) + " |", *lines[1:]])


def main() -> int:
    """1 when a mutant survives without a reason."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("exercises", nargs="*")
    parser.add_argument("--declare", action="store_true")
    parser.add_argument("--table", action="store_true")
    asked = parser.parse_args()
    exercises = catalog.select(fresh.ROOT, asked.exercises)
    if asked.table:
        PAGE.write_text(BLOCK.sub(lambda found: found[1] + table(exercises) + found[3], PAGE.read_text()))
        return 0
    if len(exercises) == 1:
        return min(1, try_one(exercises[0], asked.declare))
    options = ["--declare"] * asked.declare

    return one_each.run(__file__, exercises, options)


if __name__ == "__main__":
    raise SystemExit(main())
