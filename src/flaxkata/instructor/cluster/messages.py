"""What goes to a worker and comes back: plain data, as JSON in bytes."""

import json
from dataclasses import dataclass, replace

import msgspec

from flaxkata import report
from flaxkata.instructor.engine import Graded
from flaxkata.judge.options import GradeOptions
from flaxkata.judge.protocol import Settings, read_settings, settings_line, to_line
from flaxkata.judge.workers import Job


@dataclass(frozen=True)
class Order:
    """One job: the exercise's number, the submission's file (None for one that
    is not there), and a result that only needs the names of mistakes.
    """

    exercise: str
    content: bytes | None
    known: report.Exercise | None


def job_bytes(job: Job) -> bytes:
    """A job for a worker."""
    return to_line(Order(job.exercise.number, job.content, job.known)).encode()


def read_order(data: bytes) -> Order:
    """What `job_bytes` wrote."""
    return msgspec.convert(json.loads(data), Order)


def graded_bytes(graded: Graded) -> bytes:
    """A result for the instructor."""
    return to_line(graded).encode()


def read_graded(data: bytes) -> Graded:
    """What `graded_bytes` wrote."""
    return msgspec.convert(json.loads(data), report.Exercise | str)


def options_bytes(options: GradeOptions) -> bytes:
    """How to grade, with the secret, and without folders of this machine."""
    return settings_line(Settings(replace(options, confinement=None, fingerprints=None))).encode()


def read_options(data: bytes) -> GradeOptions:
    """What `options_bytes` wrote."""
    return read_settings(data.decode()).options
