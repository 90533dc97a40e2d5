"""Right answers on inputs that nobody chose: each secret of a cohort draws
others.

    python tests/kit/drawn_inputs.py               all exercises, on both cores
    python tests/kit/drawn_inputs.py 4.7 --secrets 20 --solutions 100

Solutions, alternatives and answers from the field that are right are graded
under twenty secrets with half of each tolerance, the solution under a hundred.
For each exercise a line says how near to its half tolerance the nearest came.
What was tried is kept by its contents in `.kata/drawn/`, so that the command
can be interrupted.
"""

import argparse
from dataclasses import replace
from pathlib import Path

import fresh
import one_each
from try_exercise import KIT, SHARED

from flaxkata import catalog, files
from flaxkata.exercise import Exercise
from flaxkata.judge import store
from flaxkata.judge.session import GradingSession, open_session


def right_answers(exercise: Exercise) -> list[Path]:
    found = sorted((KIT / "examined" / exercise.path).glob("right__*.py"))
    return [exercise.solution, *exercise.alternatives, *found]


def try_one(exercise: Exercise, secrets: int, solutions: int) -> int:
    """How many gradings rejected a right answer."""
    file = exercise.root / ".kata" / "drawn" / f"{exercise.stem}.json"
    known, conditions = files.read_json(file), store.conditions(exercise, "cpu")
    graded, rejected, nearest = 0, 0, (0.0, "", "")

    def program(session: GradingSession) -> None:
        nonlocal graded, rejected, nearest
        for path in right_answers(exercise):
            for i in range(solutions if path == exercise.solution else secrets):
                key = store.digest(conditions, path.read_text("utf-8"), str(i))
                if key not in known:
                    (result,) = session.run([exercise], path, replace(SHARED, tolerance_scale=0.5, secret=f"secret {i}"))
                    near = max((c.nearest, c.name) for c in result.checks)
                    known[key] = [[f"{c.name}: {f}" for c in result.wrong for f in c.findings[:1]], *near]
                    files.update_json(file, lambda old: old | known)
                wrong, share, check = known[key]
                graded += 1
                rejected += bool(wrong)
                nearest = max(nearest, (share, check, path.stem))
                if wrong:
                    print(f"{exercise.number} rejects {path.stem} under secret {i}:", *wrong, sep="\n    ", flush=True)

    open_session([exercise], SHARED, program)
    share, check, answer = nearest
    words = f"nearest: {share:.0%} of half the tolerance, in {check} of {answer}"
    print(f"{exercise.number} {exercise.slug}: {graded} graded, {rejected} rejected; {words}", flush=True)
    return rejected


def main() -> int:
    """1 when a right answer is rejected."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("exercises", nargs="*")
    parser.add_argument("--secrets", type=int, default=20)
    parser.add_argument("--solutions", type=int, default=100)
    asked = parser.parse_args()
    exercises = catalog.select(fresh.ROOT, asked.exercises)
    if len(exercises) == 1:
        return min(1, try_one(exercises[0], asked.secrets, asked.solutions))
    options = ["--secrets", str(asked.secrets), "--solutions", str(asked.solutions)]

    return one_each.run(__file__, exercises, options)


if __name__ == "__main__":
    raise SystemExit(main())
