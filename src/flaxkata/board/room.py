"""Who is where: what the events of a room add up to.

Events come in the store's order, at their own times. Nothing here reads a
clock: `now` is told.
"""

import itertools
import statistics
from collections import Counter, defaultdict, deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from flaxkata import posts
from flaxkata.board.store import Event, Learner
from flaxkata.report import State, one_line

RECENT = 10 * 60  # seconds: the last minutes
LONGEST = 15 * 60  # of the time between two saves, this much counts as work
WRONG = 3  # wrong saves without progress, at least, of somebody who is stuck
BROUGHT = 30  # seconds: who solved it in less had solved it before, and says nothing of the pace
AWAY = 45 * 60  # seconds without a save: not stuck, but gone


@dataclass
class Attempt:
    """One learner at one exercise. `wrong` counts saves since the last
    progress, which was at `progressed`.
    """

    best: int = 0
    state: State = State.TODO
    score: int = 0
    max_score: int = 0
    mistakes: list[str] = field(default_factory=list)
    wrong: int = 0
    progressed: float = 0.0

    @property
    def begun(self) -> bool:
        return self.state != State.TODO

    @property
    def solved(self) -> bool:
        return self.state == State.SOLVED


@dataclass
class Person:
    """A learner in the room. `worked` is for how many seconds, since the last
    exercise was solved.
    """

    learner: Learner
    name: str  # as it is shown: that of no other
    last: float
    attempts: dict[str, Attempt] = field(default_factory=lambda: defaultdict(Attempt))
    at: str = ""  # the exercise of the last event
    worked: float = 0.0
    left: bool = False


@dataclass(frozen=True)
class Hand:
    """A raised hand that was not answered yet, with a file of so many
    lines.
    """

    seq: int
    person: Person
    exercise: str
    question: str
    lines: int
    at: float


@dataclass(frozen=True)
class Stuck:
    """Somebody who saved wrong answers and made no progress."""

    person: Person
    exercise: str
    attempt: Attempt


class Group(Protocol):
    """People who did the same, which has no name yet; `checks` failed."""

    @property
    def exercise(self) -> str: ...

    @property
    def number(self) -> int: ...

    @property
    def learners(self) -> list[int]: ...

    @property
    def checks(self) -> list[posts.Check]: ...


class Grouping(Protocol):
    """Finds such people. It compares as judges do, so a board is given it."""

    def put(self, learner: int, verdict: posts.Verdict) -> None: ...

    def forget(self, learner: int) -> None: ...

    def groups(self) -> Sequence[Group]: ...


class Room:
    """All people, and what they are at."""

    def __init__(self, patience: float, unnamed: Grouping) -> None:
        """`patience` is for how many seconds without progress nobody is
        stuck.
        """
        self.unnamed = unnamed
        self.patience = patience
        self.people: dict[int, Person] = {}
        self.hands: dict[int, Hand] = {}
        self.done: dict[str, set[int]] = defaultdict(set)  # the numbers of learners, by exercise
        self.took: dict[str, dict[int, float]] = defaultdict(dict)  # seconds, by exercise and learner
        self.seq = 0  # of the last event
        self._recent: deque[tuple[float, int, str, str]] = deque()

    @property
    def here(self) -> list[Person]:
        return [person for person in self.people.values() if not person.left]

    # --- what happens ---

    def replay(self, learners: Iterable[Learner], events: Iterable[Event]) -> None:
        """All that was kept."""
        for learner in learners:
            self.join(learner)
        for event in events:
            self.apply(event)

    def join(self, learner: Learner) -> Person:
        """Somebody joined, perhaps again and by another name."""
        known = self.people.get(learner.number)
        if known and known.learner.name == learner.name:
            known.left = learner.left is not None
            return known
        name = self._unlike_others(learner.name)
        person = known or Person(learner, name, learner.joined)
        person.learner, person.name, person.left = learner, name, learner.left is not None
        self.people[learner.number] = person
        return person

    def _unlike_others(self, name: str) -> str:
        shown, taken = one_line(name, posts.MOST_NAME) or "no name", {person.name for person in self.people.values()}
        numbered = (f"{shown} ({n})" for n in itertools.count(2))
        return shown if shown not in taken else next(other for other in numbered if other not in taken)

    def forget(self, number: int) -> None:
        """Somebody is to be seen nowhere any longer."""
        self.people.pop(number, None)
        self.hands = {seq: hand for seq, hand in self.hands.items() if hand.person.learner.number != number}
        self._recent = deque(row for row in self._recent if row[1] != number)
        self.unnamed.forget(number)
        for exercise in self.done:
            self.done[exercise].discard(number)
            self.took[exercise].pop(number, None)

    def apply(self, event: Event) -> None:
        """A post was kept."""
        self.seq = max(self.seq, event.seq)
        if not (person := self.people.get(event.learner)):
            return
        what = posts.read(event.body, posts.What)
        person.worked += min(max(event.at - person.last, 0.0), LONGEST)
        person.last = max(person.last, event.at)
        if isinstance(what, posts.Verdict):
            self._verdict(person, what, event.at)
        else:
            person.at = what.exercise
            hand = Hand(event.seq, person, what.exercise, what.question, what.text.count("\n") + 1, event.at)
            self._raise(hand, event.answered)

    def _verdict(self, person: Person, verdict: posts.Verdict, at: float) -> None:
        now = person.attempts[verdict.exercise]
        progress = verdict.score > now.best or not now.begun
        now.state, now.score, now.max_score, now.mistakes = verdict.state, verdict.score, verdict.max_score, verdict.mistakes
        now.best = max(now.best, now.score)
        if progress or now.solved:
            now.wrong, now.progressed = 0, at
        now.wrong += verdict.wrong
        if now.begun or not person.at:
            person.at = verdict.exercise
        self.unnamed.put(person.learner.number, verdict)
        self._drop_old(at)
        self._recent.extend((at, person.learner.number, verdict.exercise, slug) for slug in dict.fromkeys(verdict.mistakes))
        if now.solved:
            self._solved(person, verdict.exercise)

    def _solved(self, person: Person, exercise: str) -> None:
        number = person.learner.number
        if number not in self.done[exercise] and person.worked >= BROUGHT:
            self.took[exercise][number] = person.worked
        self.done[exercise].add(number)
        person.worked = 0.0
        self._lower(person, exercise)

    def _raise(self, hand: Hand, answered: float | None) -> None:
        self._lower(hand.person)  # everybody has one hand
        if answered is None:
            self.hands[hand.seq] = hand

    def _lower(self, person: Person, exercise: str = "") -> None:
        mine = [seq for seq, h in self.hands.items() if h.person is person and h.exercise == (exercise or h.exercise)]
        for seq in mine:
            del self.hands[seq]

    # --- what can be seen ---

    def counts(self) -> tuple[Counter[str], Counter[str]]:
        """By exercise, how many solved it, and how many are at it: began it,
        and have not solved it. A later wrong save takes nothing away.
        """
        solved, at = Counter[str](), Counter[str]()
        for person in self.here:
            for exercise, attempt in person.attempts.items():
                if person.learner.number in self.done[exercise]:
                    solved[exercise] += 1
                elif attempt.begun:
                    at[exercise] += 1
        return solved, at

    def pace(self, exercise: str) -> float | None:
        """The median of the minutes that it took; None before anybody solved
        it.
        """
        found = self.took[exercise].values()
        return statistics.median(found) / 60 if found else None

    def mistakes(self, now: float) -> Iterator[tuple[str, str, list[Person], int]]:
        """Exercise, mistake, who is at it now, and how many people made it in
        the last minutes; the commonest first.
        """
        self._drop_old(now)
        lately: dict[tuple[str, str], set[int]] = defaultdict(set)
        for at, number, exercise, slug in self._recent:
            if at >= now - RECENT:  # what was sent late stands behind what is newer
                lately[exercise, slug].add(number)
        current: dict[tuple[str, str], list[Person]] = defaultdict(list)
        for person in self.here:
            for exercise, attempt in person.attempts.items():
                for slug in attempt.mistakes:
                    current[exercise, slug].append(person)
        keys = sorted({*lately, *current}, key=lambda k: (-len(current[k]), -len(lately[k]), k))
        for exercise, slug in keys:
            yield exercise, slug, current[exercise, slug], len(lately[exercise, slug])

    def _drop_old(self, now: float) -> None:
        while self._recent and self._recent[0][0] < now - RECENT:
            self._recent.popleft()

    def stuck(self, now: float) -> list[Stuck]:
        """Who saved wrong answers and made no progress; the longest first."""
        found = [
            Stuck(p, p.at, p.attempts[p.at])
            for p in self.here
            if p.at in p.attempts and now - p.last < AWAY and self._is_stuck(p.attempts[p.at], now)
        ]
        return sorted(found, key=lambda one: one.attempt.progressed)

    def _is_stuck(self, attempt: Attempt, now: float) -> bool:
        return attempt.wrong >= WRONG and not attempt.solved and now - attempt.progressed >= self.patience
