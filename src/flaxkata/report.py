"""The result of one submission, as plain data. Outputs are functions of it;
nothing here runs anything.
"""

import math
from dataclasses import asdict, dataclass, field
from typing import Any

OUTCOMES = ("passed", "failed", "todo", "broken", "timeout", "killed")
STATES = ("solved", "started", "todo", "broken")
SCHEMA = 1


@dataclass(frozen=True)
class Curve:
    """Losses of a training run, one a step, beside PyTorch's; `parts` is the
    first step where they differ, or None.
    """

    label: str
    mine: list[float]
    theirs: list[float]
    parts: int | None = None

    @property
    def bounds(self) -> tuple[float, float]:
        """The losses between which to draw: all of PyTorch's, and of a run that
        left upwards only the beginning.
        """
        low, high = min(self.theirs), max(self.theirs)
        mine = [v for v in self.mine if math.isfinite(v)]
        return min([low, *mine]), min(max([high, *mine]), high + 2 * (high - low))


@dataclass(frozen=True)
class Check:
    """One graded test function. `says` is its sentence; `findings` are what to
    tell the learner; `seconds` wall time.
    """

    name: str
    says: str
    points: int
    outcome: str
    findings: list[str] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def wrong(self) -> bool:
        """Attempted, and not right."""
        return self.outcome not in ("passed", "todo")


@dataclass(frozen=True)
class Exercise:
    """One exercise of a submission; `mistakes` are the slugs of the known
    mistakes that it shows.
    """

    id: str
    slug: str
    title: str
    state: str
    mistakes: list[str] = field(default_factory=list)
    checks: list[Check] = field(default_factory=list)
    printed: str = ""  # what the learner's code printed; for the terminal, not part of the JSON
    curves: list[Curve] = field(default_factory=list)  # of each training run; nor is this

    @property
    def score(self) -> int:
        return sum(c.points for c in self.checks if c.outcome == "passed")

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
        return sum(e.state == "solved" for e in self.exercises)

    def exit_code(self, strict: bool = False) -> int:
        """0: all that was attempted is right; 1: something attempted is wrong.
        `strict` counts `todo` as wrong.
        """
        wrong = any(e.wrong for e in self.exercises)
        return int(wrong or (strict and self.solved < len(self.exercises)))


@dataclass(frozen=True)
class Outline:
    """What outputs say of an exercise, whoever did it."""

    id: str
    slug: str
    title: str
    chapter: str
    file: str


@dataclass(frozen=True)
class Learner:
    """One submission of a cohort: its graded exercises in reading order, and
    the names of the files that were ignored.
    """

    name: str
    source: str
    ignored: list[str]
    exercises: list[Exercise] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def score(self) -> int:
        return sum(e.score for e in self.exercises)

    @property
    def max_score(self) -> int:
        return sum(e.max_score for e in self.exercises)

    @property
    def solved(self) -> int:
        return sum(e.state == "solved" for e in self.exercises)


@dataclass(frozen=True)
class Cohort:
    """All that a cohort's outputs are made from. `walls` are the protections
    that were in force, `advice` what the docstrings of mistakes say, by `"1.4
    shallow_copy"`, `other` what lay beside the submissions.
    """

    name: str
    device: str
    walls: list[str]
    outlines: list[Outline]
    learners: list[Learner]
    advice: dict[str, str]
    other: list[str] = field(default_factory=list)

    def mistakes(self) -> list[tuple[Outline, str, list[str]]]:
        """The known mistakes that were made: exercise, slug, and who made them;
        the commonest first.
        """
        who: dict[tuple[str, str], list[str]] = {}
        for learner in self.learners:
            for e in learner.exercises:
                for slug in e.mistakes:
                    who.setdefault((e.id, slug), []).append(learner.name)
        outlines = {o.id: o for o in self.outlines}
        found = [(outlines[id], slug, names) for (id, slug), names in who.items()]
        return sorted(found, key=lambda f: -len(f[2]))


def plain(text: str) -> str:
    """Text without control characters, but for newlines and tabs: a submission
    may have put them there.
    """
    return "".join(c if c in "\n\t" or c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)


def state(checks: list[Check], loaded: bool) -> str:
    """An exercise's state from its checks; `loaded` is whether its file could
    be executed.
    """
    outcomes = {c.outcome for c in checks}
    if outcomes == {"passed"}:
        return "solved"
    if outcomes <= {"todo"}:
        return "todo"
    return "started" if loaded else "broken"


def to_json(report: Report) -> dict[str, Any]:
    """The report as schema 1 of the design."""
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
    return head | {"mistakes": list(e.mistakes), "checks": [asdict(c) for c in e.checks]}


def pack(report: Report) -> dict[str, Any]:
    """The whole report as JSON data, also what `to_json` leaves out."""
    return asdict(report)


def unpack(data: dict[str, Any]) -> Report:
    """The report that `pack` packed."""
    return Report(**data | {"exercises": [unpack_exercise(e) for e in data["exercises"]]})


def unpack_exercise(data: dict[str, Any]) -> Exercise:
    """One exercise of what `pack` packed."""
    checks, curves = [Check(**c) for c in data["checks"]], [Curve(**c) for c in data["curves"]]
    return Exercise(**data | {"checks": checks, "curves": curves})


def from_json(data: dict[str, Any]) -> Report:
    """The report that `to_json` wrote. Raises ValueError for another schema."""
    if data.get("schema") != SCHEMA:
        raise ValueError(f"a report of schema {data.get('schema')!r}; this kit reads {SCHEMA}")
    exercises = [
        Exercise(e["id"], e["slug"], e["title"], e["state"], e["mistakes"], [Check(**c) for c in e["checks"]])
        for e in data["exercises"]
    ]
    return Report(data["device"], data["submission"], exercises)
