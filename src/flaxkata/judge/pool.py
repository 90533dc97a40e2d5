"""Where executors come from: sandboxes forked ahead, warm for the current
exercise, or shared by code of ours.
"""

import contextlib
from pathlib import Path

from flaxkata.judge import processes
from flaxkata.judge.errors import ExecutionError, SandboxUnavailable
from flaxkata.judge.executor import Executor
from flaxkata.judge.options import GradeOptions
from flaxkata.judge.subprocess_sandbox import SubprocessSandbox

LARGE = 1000  # MB at which a shared sandbox is replaced; what JAX compiles stays in it, 10 MB for each file


class SandboxPool:
    """The executors of a judge. One sandbox is always forked ahead, so that its
    device is ready when it is needed.
    """

    def __init__(self, root: Path) -> None:
        self._root = root
        self._ahead: dict[tuple[str, int], SubprocessSandbox] = {}  # by device, and how many
        self._shared: dict[tuple[str, int], SubprocessSandbox] = {}
        self._warm: dict[str, tuple[str, SubprocessSandbox]] = {}  # by device, with the exercise that it is warm for
        self._retired: list[Executor] = []

    def take(self, exercise: str, options: GradeOptions, limit: float, devices: int, last: bool) -> Executor:
        """An executor for one exercise's run. Unless it is the `last`, another
        sandbox is forked ahead.
        """
        if options.here:
            from flaxkata.judge.in_process import InProcess

            return InProcess(options.device, self._root, devices)
        if options.shared:
            return self._common(GradeOptions(options.device), limit, devices)
        return self.fresh(exercise, options, limit, devices, last)

    def fresh(
        self, exercise: str, options: GradeOptions, limit: float, devices: int = 1, last: bool = True
    ) -> SubprocessSandbox:
        """The sandbox that is warm for an exercise, or one in which nothing has
        run. Those of earlier exercises are closed before: each has 50 MB.
        """
        self.sweep()
        if warm := self._take_warm(exercise, options, limit):
            return warm
        key = options.device, devices
        sandbox = self._ahead.pop(key, None) or self._new(options, limit, devices)
        sandbox.left = limit
        if not last and processes.can_fork():
            self._ahead[key] = self._new(options, limit, devices)
        return sandbox

    def _take_warm(self, exercise: str, options: GradeOptions, limit: float) -> SubprocessSandbox | None:
        warm_for, sandbox = self._warm.pop(options.device, ("", None))
        if sandbox is None:
            return None
        if warm_for == exercise:
            sandbox.left = limit
            with contextlib.suppress(ExecutionError):  # somebody may have ended it meanwhile
                sandbox.device()
                return sandbox
        sandbox.close()
        return None

    def _new(self, options: GradeOptions, limit: float, devices: int) -> SubprocessSandbox:
        """A new sandbox. A learner's code can end the process that forks them;
        another one is started then, once.
        """

        def new() -> SubprocessSandbox:
            source = processes.start(options.device, self._root)
            return SubprocessSandbox(source, limit, options.confinement, options.memory, devices)

        with contextlib.suppress(SandboxUnavailable):
            return new()
        return new()

    def keep_warm(self, exercise: str, options: GradeOptions, sandbox: SubprocessSandbox) -> None:
        """Keep a sandbox, in which code of ours ran, for the next run of an
        exercise.
        """
        with contextlib.suppress(ExecutionError):
            sandbox.renew(options.limit)
            self._warm[options.device] = (exercise, sandbox)

    def retire(self, executor: Executor) -> None:
        """Have an executor closed at the next `sweep`: ending its process takes
        15 ms for which no verdict need wait.
        """
        self._retired.append(executor)

    def sweep(self) -> None:
        """Close the executors that were used."""
        while self._retired:
            self._retired.pop().close()

    def _common(self, options: GradeOptions, limit: float, devices: int) -> SubprocessSandbox:
        key = options.device, devices
        if (old := self._shared.get(key)) and old.size() > LARGE:
            old.close()
        if key not in self._shared or not self._shared[key].alive:
            self._shared[key] = self._new(options, limit, devices)
        self._shared[key].renew(limit)
        return self._shared[key]

    def close(self) -> None:
        self.sweep()
        for sandbox in [*self._ahead.values(), *self._shared.values(), *(warm for _, warm in self._warm.values())]:
            sandbox.close()
