"""Which wordings of mistakes the kit's tests run. An author has tried them all,
and `tests/ways/` has the digests; the tests run a few of each exercise again,
for what the grader makes of them. With KATA_EVERY=1, all.
"""

import itertools
import os
from dataclasses import replace

from flaxkata import report
from flaxkata.catalog import Exercise, Variant
from flaxkata.judge.diagnose import same
from flaxkata.judge.options import GradeOptions
from flaxkata.judge.session import GradingSession

EVERY = "KATA_EVERY" in os.environ
SOME = 8  # mistakes of an exercise


def chosen(exercise: Exercise) -> list[Variant]:
    """Those that the tests run."""
    return exercise.variants if EVERY else some(exercise)


def some(exercise: Exercise) -> list[Variant]:
    """Evenly spread over an exercise's mistakes, the first among them."""
    mistakes = [variant for variant in exercise.variants if variant.name == variant.slug]
    return mistakes[:: -(-len(mistakes) // SOME)]


def other_alone(
    session: GradingSession, exercise: Exercise, variant: Variant, whole: report.Exercise, options: GradeOptions
) -> str:
    """The last failing check, if it ends otherwise where it runs alone: a
    fingerprint is of failing checks alone.
    """
    if not whole.wrong:
        return ""
    last, its_options = whole.wrong[-1], replace(options, constants=variant.constants)
    (alone,) = session.run([exercise], variant.path, its_options, only=[last.name])
    pairs = itertools.zip_longest(last.failures, alone.checks[0].failures)
    return "" if all(a and b and same(a, b) for a, b in pairs) else last.name
