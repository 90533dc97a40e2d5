"""What the grader makes of an exercise's files, in seconds: for authors.

    python tests/kit/try_exercise.py 4.7               its right answers and mistakes
    python tests/kit/try_exercise.py 4.7 a.py b.py     these files alone
    python tests/kit/try_exercise.py 4.7 --secrets 5   right answers on drawn inputs

All runs share one sandbox, so that JAX compiles once. Only what is not as it
should be is shown, and a line at the end. The first command also writes
`tests/ways/`: in which ways the wordings fail that are identified as their
mistake.
"""

import argparse
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import fresh

from flaxkata import catalog, report
from flaxkata.exercise import Exercise, Variant
from flaxkata.judge import diagnose
from flaxkata.judge.alone import other_alone
from flaxkata.judge.fingerprints import FingerprintCache
from flaxkata.judge.options import GradeOptions
from flaxkata.judge.session import GradingSession, open_session
from flaxkata.judge.ways import Way, text_of, ways_of

SHARED = GradeOptions(shared=True, limit=120)
KIT = fresh.ROOT / "tests" / "kit"


class Author:
    """Tries files of one exercise."""

    def __init__(self, session: GradingSession, exercise: Exercise, options: GradeOptions = SHARED) -> None:
        self.session, self.exercise, self.options = session, exercise, options
        self.ways: dict[str, set[Way]] = {}  # in which each wording fails
        self.printed: dict[str, str] = {}  # by each file

    def run(self, path: Path, **how: object) -> report.Exercise:
        """`how` are fields of GradeOptions."""
        (result,) = self.session.run([self.exercise], path, replace(self.options, **how))
        self.printed[path.stem] = result.printed
        return result

    def named(self, path: Path, **how: object) -> report.Exercise:
        return self.name(self.run(path, **how))

    def name(self, result: report.Exercise) -> report.Exercise:
        return diagnose.name(self.session, self.exercise, result, self.options)

    def run_all(self, variants: list[Variant]) -> dict[str, report.Exercise]:
        """What wordings do, by name; noted for the diagnosis of others too."""
        known, results = FingerprintCache(self.exercise, self.options), {}
        for variant in variants:
            results[variant.name] = self.run(variant.path, constants=variant.constants)
            known.learn(variant.name, results[variant.name].checks)
        return results


def rejected(author: Author, secrets: list[str]) -> Iterator[str]:
    """Right answers that fail with half of each tolerance."""
    for path in [author.exercise.solution, *author.exercise.alternatives]:
        for secret in secrets:
            result = author.run(path, tolerance_scale=0.5, secret=secret)
            if result.wrong:
                yield f"REJECTED {path.stem} {secret}\n{findings(result)}"


def misnamed(author: Author, variants: list[Variant]) -> Iterator[str]:
    """Mistakes that pass, or are not identified as themselves alone; of all,
    also those that do something else in a check that runs alone, and checks
    that none fails.
    """
    idle, results = set(author.session.checks(author.exercise)), author.run_all(variants)
    every = variants == author.exercise.variants
    for variant in variants:
        result = author.name(results[variant.name])
        idle -= {c.name for c in result.wrong}
        alone = every and other_alone(author.session, author.exercise, variant, result, author.options)
        if names(result) == [variant.slug] and not alone:
            author.ways[variant.name] = ways_of(result.checks)
        elif alone:
            yield f"UNSTABLE: {variant.name} does something else in {alone} where that check runs alone"
        else:
            yield f"{'ACCEPTED' if not result.wrong else 'NAMED ' + str(names(result))}: {variant.name}\n{findings(result)}"
    yield from (f"IDLE: no mistake fails {name}" for name in sorted(idle) if every)


def held_out(author: Author) -> Iterator[str]:
    """Other wordings, answers that must get no name, and answers seen in the
    field: `<name>__<wording>.py`, where the name is a mistake's, `unnamed` or
    `right`.
    """
    for folder, expected in (("same_mistake", None), ("unknown_mistake", "unnamed"), ("examined", None)):
        for path in sorted((KIT / folder / author.exercise.path).glob("*.py")):
            name, result = expected or path.stem.split("__")[0], author.named(path)
            wanted = [] if name in ("unnamed", "right") else name.split("+")
            if names(result) != wanted or bool(result.wrong) == (name == "right"):
                yield f"{folder}: NAMED {names(result)}, {len(result.wrong)} wrong: {path.stem}\n{findings(result)}"


def names(result: report.Exercise) -> list[str]:
    return [m.slug for m in result.mistakes]


def findings(result: report.Exercise) -> str:
    lines = [f"    {c.name}: {finding}" for c in result.wrong for finding in (c.findings or ["-"])[:2]]
    return "\n".join(lines[:8])


def described(author: Author, path: Path) -> str:
    result = author.named(path)
    told = [("part: " if m.part else "") + m.slug for m in result.mistakes]
    verdict = f"{len(result.wrong)} of {len(result.checks)} wrong, named {told}"
    if not result.wrong:
        verdict = f"ACCEPTED ({result.state})"
    return f"{path.stem}: {verdict}\n{findings(result)}"


def main() -> int:
    """The number of things that are not as they should be, at most 1."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("exercise")
    parser.add_argument("files", nargs="*", type=Path)
    parser.add_argument("--secrets", type=int, default=0)
    asked = parser.parse_args()
    (exercise,) = catalog.select(fresh.ROOT, [asked.exercise])

    def program(session: GradingSession) -> int:
        author = Author(session, exercise)
        if asked.files:
            print("\n".join(described(author, path) for path in asked.files))
            return 0
        secrets = [f"secret {i}" for i in range(asked.secrets)] or [""]
        trouble = 0
        for kind in [rejected(author, secrets)] + (
            [] if asked.secrets else [misnamed(author, exercise.variants), held_out(author)]
        ):
            for line in kind:
                print(line, flush=True)
                trouble += 1
        if not asked.secrets:
            exercise.ways.parent.mkdir(parents=True, exist_ok=True)
            exercise.ways.write_text(text_of(exercise, author.ways))
        seconds = sum(c.seconds for c in author.run(exercise.solution).checks)  # once compiled
        count = f"{len(exercise.variants)} wordings of {len(exercise.mistakes)} mistakes"
        print(f"{exercise.number} {exercise.slug}: {count}; the solution takes {seconds:.2f} s; {trouble} to mend")
        return min(trouble, 1)

    return open_session([exercise], SHARED, program)


if __name__ == "__main__":
    raise SystemExit(main())
