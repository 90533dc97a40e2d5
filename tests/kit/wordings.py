"""Which wordings of mistakes the kit's tests run. An author has tried them all,
and `tests/ways/` has the digests; the tests run a few of each exercise again,
for what the grader makes of them. With KATA_EVERY=1, all.
"""

import os

from flaxkata.catalog import Exercise, Variant

EVERY = "KATA_EVERY" in os.environ
SOME = 8  # mistakes of an exercise


def chosen(exercise: Exercise) -> list[Variant]:
    """Those that the tests run."""
    return exercise.variants if EVERY else some(exercise)


def some(exercise: Exercise) -> list[Variant]:
    """Evenly spread over an exercise's mistakes, the first among them."""
    mistakes = [variant for variant in exercise.variants if variant.name == variant.slug]
    return mistakes[:: -(-len(mistakes) // SOME)]
