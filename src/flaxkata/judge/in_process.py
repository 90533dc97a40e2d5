"""The executor behind `--here`: the learner's code runs in the judge's own
process, so that `breakpoint()` works.

The one module of the judge that imports JAX and the sandbox.
"""

import bdb
from pathlib import Path
from typing import Any

from flaxkata.judge.executor import Executor
from flaxkata.judge.processes import COMPILED
from flaxkata.sandbox import jax_setup


class InProcess(Executor):
    """The same questions, answered here. Nothing can be stopped."""

    left = float("inf")
    printed = ""  # it went to the terminal

    def __init__(self, device: str, root: Path, devices: int = 1) -> None:
        super().__init__()
        jax_setup.set_environment(device)  # before JAX is imported
        from flaxkata.sandbox.interpreter import Interpreter

        jax_setup.import_libraries(str(root / COMPILED))
        jax_setup.make_room()
        jax_setup.set_devices(devices)
        self._interpreter = Interpreter(reraised=(KeyboardInterrupt, bdb.BdbQuit))

    def _exchange(self, where: str, message: dict[str, Any], arrays: list[Any]) -> tuple[dict[str, Any], bytearray]:
        try:
            reply, answer = self._interpreter.answer(message, bytearray(b"".join(a.tobytes() for a in arrays)))
        except bdb.BdbQuit:  # `q` ends the whole run, and not one check of several
            raise KeyboardInterrupt from None
        return reply, bytearray(b"".join(a.tobytes() for a in answer))
