"""What a `server` is told and answers: plain data, one line of JSON each."""

import json
from dataclasses import asdict, dataclass, field
from typing import Any

import msgspec

from flaxkata import report
from flaxkata.judge.options import GradeOptions


@dataclass(frozen=True)
class Settings:
    """The first line. `keep`: use the learner's store. `temporary`: the working
    directory is removed at the end.
    """

    options: GradeOptions
    keep: bool = False
    temporary: bool = False


@dataclass(frozen=True)
class Request:
    """Exercises by number, of a submission; `current` is the one to prepare for
    afterwards. `known` results only need the names of mistakes.
    """

    run: int
    exercises: list[str]
    submission: str
    current: str = ""
    known: list[report.Exercise] = field(default_factory=list)


@dataclass(frozen=True)
class Answer:
    """The results of a run; `complete` once known mistakes were looked for."""

    run: int
    exercises: list[report.Exercise]
    complete: bool


def to_line(message: Any) -> str:
    """A message as one line of JSON, in which NaN stays NaN."""
    return json.dumps(msgspec.to_builtins(message)) + "\n"


def settings_line(settings: Settings) -> str:
    """The first line; paths travel as text."""
    return json.dumps(asdict(settings), default=str) + "\n"


def read_settings(line: str) -> Settings:
    """What `settings_line` wrote."""
    return msgspec.convert(json.loads(line), Settings, dec_hook=lambda kind, value: kind(value))
