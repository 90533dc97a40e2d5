"""Which wordings of mistakes the kit's tests run. An author has tried them all,
and `tests/ways/` has the digests; the tests run a few of each exercise again,
for what the grader makes of them. With KATA_EVERY=1, all.
"""

import os
from pathlib import Path

from flaxkata.exercise import Exercise, Variant

EVERY = "KATA_EVERY" in os.environ
KIT = Path(__file__).parent
FEW = 5  # mistakes of an exercise, at least


def chosen(exercise: Exercise) -> list[Variant]:
    """Those that the tests run."""
    return exercise.variants if EVERY else some(exercise)


def some(exercise: Exercise) -> list[Variant]:
    """The first; those that answers from the field and held-out ones show,
    which are run for these all the same; and others, evenly spread, up to FEW.
    """
    mistakes = [variant for variant in exercise.variants if variant.name == variant.slug]
    answers = [path for kind in ("examined", "same_mistake") for path in (KIT / kind / exercise.path).glob("*.py")]
    shown = {slug for path in answers for slug in path.stem.split("__")[0].split("+")}
    needed = [v for v in mistakes if v.slug in shown or v is mistakes[0]]
    others = [v for v in mistakes if v not in needed]
    missing = max(FEW - len(needed), 0)
    spread = others[:: -(-len(others) // missing)] if missing and others else []
    return [v for v in mistakes if v in needed or v in spread]
