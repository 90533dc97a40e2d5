"""The result of one submission, as plain data. Outputs are functions of it;
nothing here runs anything.
"""

import math
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

SCHEMA = 2
MOST_TEXT = 4000  # characters of one finding
MOST_FINDINGS = 200  # of one check


class Outcome(StrEnum):
    """What became of a check."""

    PASSED = "passed"
    FAILED = "failed"
    TODO = "todo"  # it reached a stub
    BROKEN = "broken"  # the file cannot be loaded, or its code raised
    TIMEOUT = "timeout"
    KILLED = "killed"
    UNGRADED = "ungraded"  # nobody knows: the grader failed, or did not come to it


class State(StrEnum):
    """How far an exercise is."""

    SOLVED = "solved"
    STARTED = "started"
    TODO = "todo"
    BROKEN = "broken"  # its file cannot be loaded
    UNGRADED = "ungraded"


@dataclass(frozen=True)
class Comparison:
    """One recorded comparison. `outcome` is "equal", or what differed first:
    "type", "structure", "shape", "dtype", "finite", "value" or "raised".
    `detail` and `values` say how: `values` are at most 256 of the actual
    values. `tolerance` bounds `error`, max|a - b| / (1 + max|b|) of values
    that are equal within it. `finding` is the sentence for the learner.
    """

    label: str
    outcome: str
    detail: str = ""
    values: tuple[float, ...] = ()
    tolerance: float = 0.0
    finding: str = ""
    error: float = 0.0

    @property
    def share(self) -> float:
        """The error as a share of the tolerance; 0 where all must be equal."""
        return self.error / self.tolerance if self.tolerance else 0.0

    def cut(self) -> "Comparison":
        """The same, none of its texts too long for a report."""
        return replace(self, label=cut(self.label), detail=cut(self.detail), finding=cut(self.finding))


@dataclass(frozen=True)
class Mistake:
    """A known mistake: the name of its file, and its explanation. `part` is
    true where it explains a part of what failed.
    """

    slug: str
    text: str
    part: bool = False

    @property
    def introduction(self) -> str:
        """What stands before its name."""
        return "Part of this is a known mistake: " if self.part else "This is a known mistake: "


@dataclass(frozen=True)
class Curve:
    """Losses of a training run, one per step, beside PyTorch's; `diverges_at`
    is the first step where they differ, or None.
    """

    label: str
    actual: list[float]
    expected: list[float]
    diverges_at: int | None = None

    @property
    def bounds(self) -> tuple[float, float]:
        """The losses between which to draw: all of PyTorch's, and of a run that
        diverged upwards only the beginning.
        """
        low, high = min(self.expected), max(self.expected)
        actual = [v for v in self.actual if math.isfinite(v)]
        return min([low, *actual]), min(max([high, *actual]), high + 2 * (high - low))


@dataclass(frozen=True)
class Check:
    """One graded test function. `description` is its sentence, `findings` what
    to tell the learner, `seconds` wall time. `failures` are the comparisons
    that failed, `calls` the learner's functions that it used, `nearest` the
    largest error that passed, as a share of its tolerance, and `line` where the
    check begins in its file.
    """

    name: str
    description: str
    points: int
    outcome: Outcome
    findings: list[str] = field(default_factory=list)
    seconds: float = 0.0
    failures: list[Comparison] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)
    nearest: float = 0.0
    line: int = 0

    @property
    def wrong(self) -> bool:
        """Attempted, and not right."""
        return self.outcome not in (Outcome.PASSED, Outcome.TODO, Outcome.UNGRADED)


@dataclass(frozen=True)
class Exercise:
    """One exercise of a submission; `mistakes` are the known mistakes that it
    shows, and `unnamed` the failing checks that none of them explains. The rest
    is about the run: what the learner's code printed, the losses of its
    training runs, JAX's name of the device, what confined the process, the
    system calls that were refused to it, the digest of the mistakes that it was
    compared with, and whether it was kept from an earlier run.
    """

    id: str
    slug: str
    title: str
    state: State
    mistakes: list[Mistake] = field(default_factory=list)
    checks: list[Check] = field(default_factory=list)
    printed: str = ""
    curves: list[Curve] = field(default_factory=list)
    device: str = ""
    protections: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    named_by: str = ""
    kept: bool = False
    unnamed: list[str] = field(default_factory=list)

    @property
    def score(self) -> int:
        return sum(c.points for c in self.checks if c.outcome == Outcome.PASSED)

    @property
    def max_score(self) -> int:
        return sum(c.points for c in self.checks)

    @property
    def wrong(self) -> list[Check]:
        return [c for c in self.checks if c.wrong]


@dataclass(frozen=True)
class Report:
    """All exercises that were graded. `device` is JAX's name of the device,
    `submission` the folder or file.
    """

    device: str
    submission: str
    exercises: list[Exercise] = field(default_factory=list)

    @property
    def score(self) -> int:
        return sum(e.score for e in self.exercises)

    @property
    def max_score(self) -> int:
        return sum(e.max_score for e in self.exercises)

    @property
    def solved(self) -> int:
        return sum(e.state == State.SOLVED for e in self.exercises)

    def exit_code(self, strict: bool = False) -> int:
        """0: all that was attempted is right; 1: something attempted is wrong.
        `strict` counts `todo` as wrong.
        """
        wrong = any(e.wrong for e in self.exercises)
        return int(wrong or (strict and self.solved < len(self.exercises)))


def printable(text: str) -> str:
    """Text without control characters, except newlines and tabs: a submission
    may have put them there.
    """
    lines = text.replace("\r\n", "\n")
    return "".join(c if c in "\n\t" or c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in lines)


def one_line(text: str, most: int = 0) -> str:
    """A name as one line of printable text, in at most `most` characters (0: in
    full); `...` stands for its middle where that is cut.
    """
    line = " ".join(printable(text).split())
    head, tail = -(-(most - 3) // 2), (most - 3) // 2
    return line if not most or len(line) <= most else f"{line[:head]}...{line[len(line) - tail :]}"


def cut(text: str) -> str:
    """Text without what is too long for a report, and without halves of
    characters, which cannot be kept: a submission may have put both into it.
    """
    text = text.encode("utf-8", "replace").decode()
    return text if len(text) <= MOST_TEXT else f"{text[:MOST_TEXT]} ... and {len(text) - MOST_TEXT:,} more characters"


def state_of(checks: list[Check], loaded: bool) -> State:
    """An exercise's state from its checks; `loaded` is whether its file could
    be executed.
    """
    outcomes = {c.outcome for c in checks}
    if outcomes == {Outcome.PASSED}:
        return State.SOLVED
    if outcomes <= {Outcome.TODO}:
        return State.TODO
    return State.STARTED if loaded else State.BROKEN


def to_json(report: Report) -> dict[str, Any]:
    """The report as JSON data, schema 2: what `kata grade --json` writes."""
    return {
        "schema": SCHEMA,
        "device": report.device,
        "submission": report.submission,
        "score": report.score,
        "max_score": report.max_score,
        "exercises": [_exercise(e) for e in report.exercises],
    }


def _exercise(e: Exercise) -> dict[str, Any]:
    head = {"id": e.id, "slug": e.slug, "title": e.title, "state": e.state, "score": e.score, "max_score": e.max_score}
    mistakes = [{"slug": m.slug, "text": m.text, "part": m.part} for m in e.mistakes]
    return head | {"mistakes": mistakes, "checks": [_check(c) for c in e.checks]}


def _check(c: Check) -> dict[str, Any]:
    head = {"name": c.name, "description": c.description, "points": c.points, "outcome": c.outcome}
    return head | {"findings": list(c.findings), "seconds": c.seconds}
