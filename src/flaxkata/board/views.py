"""What the pages show, as data: one view for the instructor, and one without
names for everybody.
"""

import math
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from flaxkata import common_mistakes, posts, report
from flaxkata.board.records import Records
from flaxkata.board.room import RECENT, Group, Hand, Person, Room
from flaxkata.exercise import Exercise

MOST_MISTAKES = 12
MOST_FAILED = 3  # comparisons of a check that are shown
MOST_PEOPLE = 60  # of those who are stuck, or named beside a mistake


class Course:
    """The exercises of the course on this machine, and the words of its
    mistakes and of the records', also of those that are added while the board
    runs.
    """

    AGAIN = 10  # seconds until an unknown mistake is looked for again

    def __init__(self, exercises: list[Exercise], records: Records) -> None:
        self.records = records
        self.exercises = {e.number: e for e in exercises}
        self.minutes = {e.number: e.minutes for e in exercises}
        self.titles = {e.number: e.title for e in exercises}
        self._words: dict[tuple[str, str], list[str]] = {}
        self._unknown: dict[tuple[str, str], float] = {}
        self._sentences: dict[str, dict[str, str]] = {}

    def name(self, exercise: str) -> str:
        """`1.4 set_bias`."""
        found = self.exercises.get(exercise)
        return f"{exercise} {found.slug}" if found else exercise

    def sentence(self, exercise: str, check: str) -> str:
        """What a check asks for; its name where this course has no such
        check.
        """
        if exercise not in self._sentences and (e := self.exercises.get(exercise)):
            self._sentences[exercise] = e.sentences
        return self._sentences.get(exercise, {}).get(check, check)

    def words(self, exercise: str, slug: str, now: float) -> list[str]:
        """The paragraphs that explain a mistake; none for one that this course
        has not.
        """
        key = exercise, slug
        if key not in self._words and now - self._unknown.get(key, -math.inf) >= self.AGAIN:
            e = self.exercises.get(exercise)
            if e and any(path.stem == slug for path in (*e.mistakes, *e.own_mistakes)):
                self._words[key] = report.printable(e.explanation(slug)).split("\n\n")
            else:
                self._unknown = (self._unknown if len(self._unknown) < 1000 else {}) | {key: now}
        other = report.printable(self.records.words(exercise, slug)) or common_mistakes.WORDS.get(slug, "")
        return self._words.get(key) or (other.split("\n\n") if other else [])


@dataclass(frozen=True)
class Heading:
    """What stands above the views. `join` is the command to type, `naming` how
    the instructor's begins that gives a name, and `trouble` why nothing can be
    written.
    """

    name: str
    join: str
    naming: str
    trouble: str


class Views:
    """Makes both views of a room."""

    def __init__(self, room: Room, course: Course) -> None:
        self._room, self._course = room, course

    def everybody(self, heading: Heading, now: float) -> dict[str, Any]:
        """Without names, questions and files. Of mistakes, only those that this
        machine's course knows: anybody can post words.
        """
        known = [row for row in self._mistakes(now, named=False) if row["words"]]
        return self._common(heading, now) | {"mistakes": known[:MOST_MISTAKES]}

    def instructor(self, heading: Heading, now: float) -> dict[str, Any]:
        """With names, for the holder of the token alone."""
        stuck = [self._stuck(one.person, one.exercise, now) for one in self._room.stuck(now)]
        return self._common(heading, now) | {
            "mistakes": list(self._mistakes(now, named=True))[:MOST_MISTAKES],
            "unnamed": self._unnamed(heading)[:MOST_MISTAKES],
            "stuck": stuck[:MOST_PEOPLE],
            "hands": self._hands(now),
            "people": [self._person(person, now) for person in self._room.people.values()],
        }

    def _common(self, heading: Heading, now: float) -> dict[str, Any]:
        room = self._room
        stuck = Counter(one.exercise for one in room.stuck(now))
        hands = Counter(hand.exercise for hand in room.hands.values())
        solved, at = room.counts()
        touched = [number for number in self._course.exercises if solved[number] or at[number] or hands[number]]
        return {
            "seq": room.seq,
            "room": heading.name,
            "join": heading.join,
            "trouble": heading.trouble,
            "here": len(room.here),
            "recent": RECENT // 60,
            "patience": round(room.patience / 60),
            "stuck_count": sum(stuck.values()),
            "hands_count": len(room.hands),
            "exercises": [self._exercise(n, solved[n], at[n], stuck[n], hands[n]) for n in touched],
            "untouched": len(self._course.exercises) - len(touched),
        }

    def _exercise(self, number: str, solved: int, at: int, stuck: int, hands: int) -> dict[str, Any]:
        pace = self._room.pace(number)
        return {
            "id": number,
            "name": self._course.name(number),
            "title": self._course.titles[number],
            "solved": solved,
            "at": at,
            "none": len(self._room.here) - solved - at,
            "stuck": stuck,
            "hands": hands,
            "minutes": self._course.minutes[number],
            "pace": pace and round(pace, 1),
        }

    def _mistakes(self, now: float, named: bool) -> Iterator[dict[str, Any]]:
        for exercise, slug, people, lately in self._room.mistakes(now):
            words = self._course.words(exercise, slug, now)
            row: dict[str, Any] = {
                "id": f"{exercise} {slug}",
                "exercise": self._course.name(exercise),
                "slug": report.one_line(slug, 80),
            }
            row |= {"now": len(people), "recent": lately, "words": words}
            yield row | ({"names": [p.name for p in people[:MOST_PEOPLE]]} if named else {})

    def _unnamed(self, heading: Heading) -> list[dict[str, Any]]:
        """What several people did, or one who shared it, and has no name."""
        rows = []
        for group in self._room.unnamed.groups():
            raised = [hand for hand in self._room.hands.values() if hand.exercise == group.exercise]
            hands = [hand for hand in raised if hand.person.learner.number in group.learners]
            if len(group.learners) > 1 or hands:
                rows.append(self._group(group, hands) | {"naming": f"{heading.naming} {group.exercise} {group.number}"})
        return rows

    def _group(self, group: Group, hands: list[Hand]) -> dict[str, Any]:
        people = [self._room.people[number] for number in group.learners]
        return {
            "id": f"{group.exercise} {group.number}",
            "exercise": self._course.name(group.exercise),
            "count": len(people),
            "names": [person.name for person in people[:MOST_PEOPLE]],
            "checks": [
                {
                    "id": check.name,
                    "says": self._course.sentence(group.exercise, check.name),
                    "failed": [*map(posts.in_short, check.failures[:MOST_FAILED])],
                }
                for check in group.checks
            ],
            "files": [{"id": hand.seq, "name": hand.person.name} for hand in hands],
        }

    def _stuck(self, person: Person, exercise: str, now: float) -> dict[str, Any]:
        attempt = person.attempts[exercise]
        return {
            "id": person.learner.number,
            "name": person.name,
            "exercise": self._course.name(exercise),
            "wrong": attempt.wrong,
            "minutes": _minutes(now - attempt.progressed),
            "idle": _minutes(now - person.last),
            "score": attempt.score,
            "max_score": attempt.max_score,
            "mistakes": [
                {"id": slug, "slug": report.one_line(slug, 80), "words": self._course.words(exercise, slug, now)}
                for slug in attempt.mistakes
            ],
        }

    def _hands(self, now: float) -> list[dict[str, Any]]:
        return [
            {
                "id": hand.seq,
                "name": hand.person.name,
                "exercise": self._course.name(hand.exercise),
                "question": report.printable(hand.question),
                "minutes": _minutes(now - hand.at),
                "lines": hand.lines,
            }
            for hand in self._room.hands.values()
        ]

    def _person(self, person: Person, now: float) -> dict[str, Any]:
        number = person.learner.number
        return {
            "id": number,
            "name": person.name,
            "at": self._course.name(person.at) if person.at else "",
            "solved": sum(number in numbers for numbers in self._room.done.values()),
            "idle": _minutes(now - person.last),
            "left": person.left,
        }


def _minutes(seconds: float) -> int:
    return max(0, int(seconds // 60))
