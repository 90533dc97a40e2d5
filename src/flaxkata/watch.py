"""Watch mode: save a file, read the verdict. The judge is another process
(`serve`); here are the screen and the keys.

The screen is a function of `Watch`'s few fields, printed anew whenever one of
them changes. Where there is no terminal, each verdict is printed once, below
the one before.
"""

import asyncio
import contextlib
import json
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from prompt_toolkit.input import create_input
from rich.columns import Columns
from rich.console import Console, Group, RenderableType
from rich.text import Text
from watchfiles import awatch

from flaxkata import catalog, nursery, progress, report, views
from flaxkata.render import terminal

KEYS = {
    "h": "hint", "n": "next", "p": "previous", "l": "list", "g": "grade all", "r": "run again",
    "s": "solution", "x": "reset", "q": "quit",
}  # fmt: skip
ENDS = {"c-c", "c-d", "q"}
STEP, DEBOUNCE = 2, 100  # milliseconds: answer when nothing else was saved for the first, or after the second


class Watch:
    """What is on the screen, and what changes it."""

    def __init__(self, hand: catalog.Exercise, device: str, poll: bool) -> None:
        self.root, self.hand, self.device, self.poll = hand.root, hand, device, poll
        self.console = Console(highlight=False)
        self.exercises = catalog.exercises(self.root)
        self.body: RenderableType = ""  # the last verdict, or what was asked for
        self.status = "starting: PyTorch and JAX are imported once"
        self.note = ""  # what a key did, until the next one
        self.asked = ""  # the key that must be pressed twice
        self.run = 0  # the number of the newest request
        self.judge: Process | None = None
        self.said = asyncio.Queue[dict]()
        self.ended = asyncio.Event()
        self._tasks: set[asyncio.Task] = set()  # asyncio itself holds them weakly

    async def main(self) -> None:
        """Until somebody quits. The terminal is restored, and no process stays,
        however that happens.
        """
        loop = asyncio.get_running_loop()
        for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGWINCH"):
            if hasattr(signal, name):
                act = self.show if name == "SIGWINCH" else self.ended.set
                with contextlib.suppress(NotImplementedError):  # Windows
                    loop.add_signal_handler(getattr(signal, name), act)
        with self._keys():
            self.show()
            await self._start()
            self.grade(self.hand)
            tasks = [asyncio.create_task(t) for t in (self._follow(), self._answers(), self.ended.wait())]
            done, rest = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in rest:
                task.cancel()
            await asyncio.gather(*rest, return_exceptions=True)
            await self._stop()
            await asyncio.wait(self._tasks, timeout=3)
        for task in done:
            task.result()  # what went wrong, if anything did

    # --- the judge ---

    async def _start(self) -> None:
        command = [sys.executable, "-m", "flaxkata.serve", str(self.root), self.device]
        own = {"start_new_session": True} if hasattr(signal, "SIGHUP") else {}  # Ctrl-C is for us
        errors = open(self._log, "wb")  # noqa: SIM115
        with errors:
            self.judge = await asyncio.create_subprocess_exec(
                *command, stdin=PIPE, stdout=PIPE, stderr=errors, limit=64 << 20, env=nursery.environment(self.device), **own
            )
        self._tasks.add(asyncio.create_task(self._listen(self.judge)))

    @property
    def _log(self) -> Path:
        """What the judge's process and its children say when they fail."""
        path = self.root / ".kata" / "watch.log"
        path.parent.mkdir(exist_ok=True)
        return path

    async def _listen(self, judge: Process) -> None:
        while line := await judge.stdout.readline():
            self.said.put_nowait(json.loads(line))
        await judge.wait()
        if judge is self.judge:
            self.said.put_nowait({"gone": ""})

    async def _stop(self) -> None:
        judge, self.judge = self.judge, None
        if judge and judge.returncode is None:
            judge.stdin.close()  # it ends its sandboxes and itself
            try:
                await asyncio.wait_for(judge.wait(), 3)
            except TimeoutError:
                judge.kill()
                await judge.wait()

    async def _restart(self, why: str) -> None:
        await self._stop()
        self.status = f"starting again: {why}"
        self.show()
        await self._start()
        self.grade(self.hand)

    # --- requests and answers ---

    def grade(self, *exercises: catalog.Exercise) -> None:
        """Ask for a verdict; one that is still awaited is dropped."""
        self.run += 1
        self.asked = ""
        numbers = [e.number for e in exercises]
        if not self.status.startswith("starting"):
            self.status = f"checking {numbers[0] if len(numbers) == 1 else 'all exercises'} ..."
            self.body = ""  # an old verdict could be taken for the new one
        request = {"run": self.run, "exercises": numbers, "submission": str(self.root / "exercises"), "hand": self.hand.number}
        if self.judge and not self.judge.stdin.is_closing():
            self.judge.stdin.write(json.dumps(request).encode() + b"\n")
        self.show()  # while the judge works

    async def _answers(self) -> None:
        while True:
            match await self.said.get():
                case {"gone": words}:
                    self.judge = None
                    last = words or self._log.read_text("utf-8", "replace").strip()[-2000:]
                    self.status = "The grader stopped; this is a defect of the kit, not of your code. r starts it again."
                    self.body = Text(last)
                    self.show()
                case {"ready": _}:
                    self.status = f"checking {self.hand.number} ..."
                    self.show()
                case {"run": self.run, "report": data, "complete": complete}:
                    self._verdict(report.unpack(data), complete)

    def _verdict(self, result: report.Report, complete: bool) -> None:
        progress.remember(self.root, {e.id: e.state for e in result.exercises})
        graded = {e.id for e in result.exercises}
        exercises = [e for e in self.exercises if e.number in graded]
        then = progress.unsolved(self.exercises, progress.states(self.root), self.hand)
        self.body = views.verdict(result, exercises, self.root / "exercises", then, self._steps)
        self.status = "" if complete else "looking for known mistakes ..."
        self.show()
        for e, found in zip(exercises, result.exercises, strict=True):
            self._tasks.add(asyncio.create_task(asyncio.to_thread(views.draw, e, found)))

    def _steps(self, exercise: catalog.Exercise) -> terminal.Steps:
        go_on = f"n goes on to {exercise.number} {exercise.slug}: {views.shown(exercise.stub, self.root)}"
        help = "s shows our answer" if progress.all_hints_read(exercise) else "h gives a hint"
        return terminal.Steps(help, "save the file", go_on)

    # --- the files ---

    async def _follow(self) -> None:
        """Saves of exercises are graded; a change of the checks or the grader
        starts the judge again.
        """
        ours = Path(__file__).parent
        folders = {self.root / "exercises", self.root / "tests", ours}
        changes = awatch(*folders, step=STEP, debounce=DEBOUNCE, force_polling=self.poll or None, stop_event=self.ended)
        async for some in changes:
            paths = {Path(path) for _, path in some if not path.endswith("~")}
            saved = [e for e in self.exercises if e.stub in paths]
            if any(p.suffix == ".py" and p.name[0] != "." and self.root / "exercises" not in p.parents for p in paths):
                await self._restart("the checks or the grader changed")
            elif saved:
                self._saved(saved)

    def _saved(self, saved: list[catalog.Exercise]) -> None:
        """The exercise in hand comes first; else the one that was saved is in
        hand now.
        """
        self.hand = self.hand if self.hand in saved else saved[0]
        self.grade(self.hand)

    # --- the keys ---

    @contextlib.contextmanager
    def _keys(self) -> Iterator[None]:
        """Keys one by one, where there is a terminal; what is typed ahead of an
        end is not left to the shell.
        """
        if not (sys.stdin.isatty() and self.console.is_terminal):
            yield
            return
        source = create_input()
        with source.raw_mode(), source.attach(lambda: [self._press(k.key) for k in source.read_keys()]):
            yield

    def _press(self, key: Any) -> None:
        key = getattr(key, "value", key)
        asked, self.asked, self.note = self.asked, "", ""
        if key in ENDS:
            self.ended.set()
        elif key in KEYS:
            getattr(self, f"_key_{key}")(asked == key)

    def _key_h(self, again: bool) -> None:
        self.body = terminal.hints(progress.more_hints(self.hand), len(self.hand.hints))
        self.show()

    def _key_n(self, again: bool) -> None:
        self._go(1)

    def _key_p(self, again: bool) -> None:
        self._go(-1)

    def _go(self, step: int) -> None:
        order, at = self.exercises, self.exercises.index(self.hand)
        states = progress.states(self.root)
        ahead = [e for e in [*order[at + 1 :], *order[:at]] if states.get(e.number) != "solved"]
        self.hand = ahead[0] if step > 0 and ahead else order[(at + step) % len(order)]
        self.body = ""
        self.grade(self.hand)

    def _key_l(self, again: bool) -> None:
        self.body = views.listing(self.exercises, progress.states(self.root))
        self.show()

    def _key_g(self, again: bool) -> None:
        self.grade(*self.exercises)

    def _key_r(self, again: bool) -> None:
        if self.judge is None:
            self.status = "starting again"
            self._tasks.add(asyncio.get_running_loop().create_task(self._restart("you asked for it")))
        else:
            self.grade(self.hand)

    def _key_s(self, again: bool) -> None:
        if again or progress.states(self.root).get(self.hand.number) == "solved":
            self.body = Group(*views.solution(self.hand))
        else:
            self.asked, self.status = "s", f"{self.hand.number} is not solved yet. s once more shows our answer."
        self.show()

    def _key_x(self, again: bool) -> None:
        if again:
            kept = progress.back_up(self.hand) if self.hand.stub.exists() else None
            progress.write_stub(self.hand)  # and its being saved is noticed
            self.note = f"Your text is kept in {views.shown(kept, self.root)}" if kept else "The stub is there again."
        else:
            self.asked, self.status = "x", "x once more puts the stub in the place of your text; yours is kept under .kata/."
        self.show()

    # --- the screen ---

    def show(self) -> None:
        """Print everything anew; without a terminal, only what is new of the
        body.
        """
        head = Text.assemble(
            (f"{self.hand.number} {self.hand.slug}", "bold"), "  ", (views.shown(self.hand.stub, self.root), "cyan")
        )
        if not self.console.is_terminal:
            if self.body and not self.status:
                self.console.print(self.body)
                self.body = ""
            return
        keys = Columns([Text.assemble((key, "bold"), " ", (what, "dim")) for key, what in KEYS.items()], padding=(0, 2, 0, 0))
        self.console.clear()
        self.console.print(Group(head, Text(self.status or self.note, "yellow"), self.body, "", keys))


def run(hand: catalog.Exercise, device: str, poll: bool) -> None:
    """Watch, with one exercise in hand, until somebody quits."""
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(Watch(hand, device, poll).main())
