"""What can go wrong around a learner's code, and in the grader itself."""

from typing import Any


class ExecutionError(Exception):
    """A question to the learner's code has no answer: it raised, ended, ran out
    of time, or nobody waits for it.
    """


class LearnerError(ExecutionError):
    """The learner's code raised. `where` is what was called; `frames` are
    (file, line, function, text); `by_hand` is true where a `raise` or `assert`
    of theirs did it, and not a library.
    """

    def __init__(
        self, where: str, kind: str, message: str, frames: list[list[Any]] | None = None, innermost: bool = False
    ) -> None:
        super().__init__(f"{where} raised {kind}: {message}")
        self.where, self.kind, self.message, self.frames = where, kind, message, frames or []
        self.by_hand = innermost and bool(self.frames) and self.frames[-1][3].startswith(("raise", "assert"))


class StubReached(LearnerError):
    """The stub's NotImplementedError, raised in the submission's own file; or
    there is no such file.
    """


class Unloadable(LearnerError):
    """The submission's file cannot be executed, or lacks a name that the checks
    call.
    """


class Killed(ExecutionError):
    """The sandbox ended, or sent something that is not an answer."""


class Timeout(ExecutionError):
    """The time limit of the exercise ran out; the sandbox was killed."""


class Dropped(ExecutionError):
    """Nobody waits for the answer any more."""


class NoDevice(Exception):
    """JAX does not have the device that was asked for."""


class SandboxUnavailable(Exception):
    """No process for a learner's code could be started: the grader's own
    failure.
    """


class GraderFailed(Exception):
    """The checks could not be run; the message says why."""
