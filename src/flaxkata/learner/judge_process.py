"""The judge that stays while watch mode runs: another process
(`judge.server`), asked in lines of JSON.
"""

import asyncio
import json
import os
import sys
import tempfile
from asyncio.subprocess import PIPE, Process
from pathlib import Path
from typing import Any

from flaxkata.judge.options import GradeOptions
from flaxkata.judge.protocol import Request, Settings, settings_line, to_line

PATIENCE = 3  # seconds until a judge that was asked to end is killed


class JudgeProcess:
    """Its answers are put into `answers`, and {"gone": its last words} when it
    has ended without being asked to.
    """

    def __init__(self, root: Path, device: str) -> None:
        self.answers = asyncio.Queue[dict[str, Any]]()
        self._root, self._device = root, device
        self._process: Process | None = None
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115  # what it and its children say when they fail
        self._listening: asyncio.Task[None] | None = None

    @property
    def runs(self) -> bool:
        return self._process is not None

    async def start(self) -> None:
        """Start it; it imports PyTorch and JAX once."""
        command = [sys.executable, "-P", "-m", "flaxkata.judge.server", str(self._root)]
        environment = os.environ | {"OMP_NUM_THREADS": "1"}
        self._errors.seek(0)
        self._errors.truncate()
        self._process = await asyncio.create_subprocess_exec(
            *command, stdin=PIPE, stdout=PIPE, stderr=self._errors, limit=64 << 20, env=environment, start_new_session=True
        )
        self._say(settings_line(Settings(GradeOptions(self._device), keep=True)))
        self._listening = asyncio.create_task(self._listen(self._process))

    def ask(self, request: Request) -> None:
        """Send a request, if it still runs."""
        self._say(to_line(request))

    def _say(self, line: str) -> None:
        if self._process and self._process.stdin and not self._process.stdin.is_closing():
            self._process.stdin.write(line.encode())

    async def _listen(self, process: Process) -> None:
        assert process.stdout
        while line := await process.stdout.readline():
            self.answers.put_nowait(json.loads(line))
        await process.wait()
        if process is self._process:
            self._process = None
            self.answers.put_nowait({"gone": self._last_words()})

    def _last_words(self) -> str:
        self._errors.seek(0)
        return self._errors.read().decode("utf-8", "replace").strip()[-2000:]

    async def stop(self) -> None:
        """Let it end its sandboxes and itself; kill it if it does not."""
        process, self._process = self._process, None
        if process and process.stdin and process.returncode is None:
            process.stdin.close()
            try:
                await asyncio.wait_for(process.wait(), PATIENCE)
            except TimeoutError:
                process.kill()
                await process.wait()
        if self._listening:  # what it started may hold its output open
            await asyncio.wait([self._listening], timeout=PATIENCE)
