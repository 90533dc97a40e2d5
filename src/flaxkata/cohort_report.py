"""The results of many submissions, as plain data, beside `report`. Outputs are
functions of both; nothing here runs anything.
"""

from dataclasses import dataclass, field, replace

from flaxkata.report import Check, Exercise, Mistake, State


@dataclass(frozen=True)
class Outline:
    """What outputs say of an exercise, whatever the submission."""

    id: str
    slug: str
    title: str
    chapter: str
    file: str


@dataclass(frozen=True)
class Learner:
    """One submission of a cohort: its graded exercises in reading order, the
    names of the files that were ignored, those of them that may be answers, and
    what was chosen where several files answered an exercise.
    """

    name: str
    source: str
    ignored: list[str]
    exercises: list[Exercise] = field(default_factory=list)
    unrecognized: list[str] = field(default_factory=list)
    choices: list[str] = field(default_factory=list)

    @property
    def score(self) -> int:
        return sum(e.score for e in self.exercises)

    @property
    def max_score(self) -> int:
        return sum(e.max_score for e in self.exercises)

    @property
    def solved(self) -> int:
        return sum(e.state == State.SOLVED for e in self.exercises)

    @property
    def ungraded(self) -> list[str]:
        """The exercises that could not be graded."""
        return [e.id for e in self.exercises if e.state == State.UNGRADED]

    @property
    def seconds(self) -> float:
        return sum(c.seconds for e in self.exercises for c in e.checks)


@dataclass(frozen=True)
class Unnamed:
    """Wrong answers to an exercise that did the same, which has no name: their
    number among the exercise's, what failed in the first of them, and by
    learner where each file lies.
    """

    outline: Outline
    number: int
    checks: list[Check]
    files: dict[str, str]

    @property
    def alone(self) -> bool:
        """Whether nobody else did this."""
        return len(self.files) == 1


@dataclass(frozen=True)
class Cohort:
    """All that a cohort's outputs are made from; `other` lay beside the
    submissions. Of `unnamed`, the commonest come first.
    """

    name: str
    outlines: list[Outline]
    learners: list[Learner]
    other: list[str] = field(default_factory=list)
    unnamed: list[Unnamed] = field(default_factory=list)

    @property
    def exercises(self) -> list[Exercise]:
        return [e for learner in self.learners for e in learner.exercises]

    @property
    def device(self) -> str:
        return next((e.device for e in self.exercises if e.device), "cpu")

    @property
    def confinements(self) -> list[tuple[list[str], list[str]]]:
        """The protections that were in force, and around whose code in which
        exercise: several, where machines that graded have different ones; the
        commonest first.
        """
        who: dict[tuple[str, ...], list[str]] = {}
        for learner in self.learners:
            for e in learner.exercises:
                if e.device:  # something ran
                    who.setdefault(tuple(sorted(e.protections)), []).append(f"{learner.name} {e.id}")
        return sorted(((list(protections), names) for protections, names in who.items()), key=lambda row: -len(row[1]))

    @property
    def refused(self) -> dict[str, list[str]]:
        """By system call that was refused, whose code made it in which
        exercise.
        """
        who: dict[str, list[str]] = {}
        for learner in self.learners:
            for e in learner.exercises:
                for call in e.refused:
                    who.setdefault(call, []).append(f"{learner.name} {e.id}")
        return who

    def mistakes(self) -> list[tuple[Outline, Mistake, list[str]]]:
        """The known mistakes that were made, and who made them; the commonest
        first.
        """
        who: dict[tuple[str, Mistake], list[str]] = {}
        for learner in self.learners:
            for e in learner.exercises:
                for mistake in e.mistakes:  # the same one where it explains a part
                    who.setdefault((e.id, replace(mistake, part=False)), []).append(learner.name)
        outlines = {o.id: o for o in self.outlines}
        found = [(outlines[id], mistake, names) for (id, mistake), names in who.items()]
        return sorted(found, key=lambda row: -len(row[2]))
