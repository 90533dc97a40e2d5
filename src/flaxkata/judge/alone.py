"""Whether a mistake does the same in a check that runs alone."""

import itertools
from dataclasses import replace

from flaxkata import report
from flaxkata.exercise import Exercise, Variant
from flaxkata.judge.diagnose import same
from flaxkata.judge.options import GradeOptions
from flaxkata.judge.session import GradingSession


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
