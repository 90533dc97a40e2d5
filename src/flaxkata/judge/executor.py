"""Where a learner's code runs, as the judge sees it: an executor answers
questions.

`SubprocessSandbox` asks a process of its own; `in_process.InProcess` asks the
same interpreter inside this process.
"""

from abc import ABC, abstractmethod
from typing import Any

from flaxkata import wire
from flaxkata.judge.errors import Killed, LearnerError, StubReached, Unloadable
from flaxkata.judge.proxy import CachedHandle, Handle, ModuleHandle, argument

MOST_FRAMES, MOST_TEXT = 5, 2000  # of an exception, whatever a sandbox sends


class Executor(ABC):
    """Asks questions of `sandbox.interpreter.Interpreter`. Subclasses say how a
    question gets there. `left` is how many seconds remain.
    """

    left: float

    def __init__(self) -> None:
        self.path = ""  # the submission's file
        self.protections: list[str] = []  # what confines the code, as text
        self.refused: list[str] = []  # the system calls that were refused to it, as far as they are known
        self.stub_reached = False  # even where a check swallowed its exception
        self._libraries: dict[str, CachedHandle] = {}

    @abstractmethod
    def _exchange(self, where: str, message: dict[str, Any], arrays: list[Any]) -> tuple[dict[str, Any], bytearray]: ...

    @property
    @abstractmethod
    def printed(self) -> str:
        """What the code printed."""

    def close(self, patience: float = 0.0) -> int:
        """End whatever runs over there; its exit status."""
        return 0

    def ask(self, where: str, do: str, value: Any = None, **question: Any) -> Any:
        """The answer to one question. Raises LearnerError, Killed, Timeout,
        Dropped.
        """
        tree, arrays = wire.encode(value, argument)
        reply, payload = self._exchange(where, {"do": do, "value": tree, **question}, arrays)
        match reply:
            case {"ok": answer}:
                try:
                    return wire.decode(answer, payload)
                except wire.WireError as error:
                    raise self._lost(where, str(error)) from None
            case {"error": {"kind": str(kind), "message": str(text), "frames": list(frames), "innermost": str(last)}}:
                if all(isinstance(f, list) and [type(x) for x in f] == [str, int, str, str] for f in frames):
                    raise self._raised(where, kind, text, frames, last)
        raise self._lost(where, "a message that is not an answer")

    def handle(self, where: str, do: str, value: Any = None, **question: Any) -> Handle:
        """A handle to what the question leads to; `where` is how the handle
        reads.
        """
        return Handle(self, self._ref(where, do, value, **question), where)

    def device(self, precision: str = "highest") -> tuple[str, str]:
        """JAX's platform and the name of its first device. The first question
        of every run: all that an earlier one has set over there is set back,
        and the default precision of a matrix product is this one.
        """
        match self.ask("jax.devices()", "hello", precision=precision):
            case [str(platform), str(kind), list(protections)]:
                self.protections = protections
                return platform, kind
        raise self._lost("jax.devices()", "something other than a device")

    def open(self, path: str, source: str, name: str) -> ModuleHandle:
        """Load a submission's file; the handle reads like its module, which is
        called `name`.
        """
        self.path = path
        where = "loading the file"
        try:
            return ModuleHandle(self, self._ref(where, "load", path=path, source=source, name=name), "")
        except StubReached:
            raise
        except LearnerError as error:
            raise Unloadable(error.where, error.kind, error.message, error.frames) from None

    def open_ours(self, path: str, source: str) -> CachedHandle:
        """A module of ours beside the learner's."""
        return CachedHandle(self, self._ref(path, "load", path=path, source=source, name=""), "")

    def library(self, name: str) -> CachedHandle:
        """A library over there, such as `jax`."""
        if name not in self._libraries:
            self._libraries[name] = CachedHandle(self, self._ref(name, "import", name=name), name)
        return self._libraries[name]

    def _ref(self, where: str, do: str, value: Any = None, **question: Any) -> int:
        answer = self.ask(where, do, value, **question)
        if not isinstance(answer, wire.Ref):
            raise self._lost(where, "data where an object was asked for")
        return answer.id

    def _raised(self, where: str, kind: str, text: str, frames: list[list[Any]], last: str) -> LearnerError:
        kind, text = kind[: wire.MAX_NAME], text[:MOST_TEXT]
        frames = [[f[0], f[1], *(words[:MOST_TEXT] for words in f[2:])] for f in frames[-MOST_FRAMES:] if f[0] == self.path]
        if kind == "NotImplementedError" and last == self.path:
            self.stub_reached = True
            return StubReached(where, kind, text, frames)
        return LearnerError(where, kind, text, frames, last == self.path)

    def _lost(self, where: str, what: str) -> Killed:
        self.close()
        return Killed(f"The process running your code sent {what} during `{where}`, so it was stopped.")
