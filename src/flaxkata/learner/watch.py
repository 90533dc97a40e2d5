"""Watch mode: save a file, read the verdict. The judge is another process
(`judge.server`); here are the keys, and what they and the judge put on the
screen.

Where there is no terminal, each verdict is printed once, below the one before.
"""

import asyncio
import contextlib
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
from prompt_toolkit.input import create_input
from rich.console import Group
from rich.text import Text
from watchfiles import awatch

from flaxkata import catalog, report
from flaxkata.exercise import Exercise
from flaxkata.judge import taught
from flaxkata.judge.errors import GraderFailed
from flaxkata.judge.options import GradeOptions
from flaxkata.judge.protocol import Answer, Request
from flaxkata.judge.store import Results
from flaxkata.learner import joining, membership, progress, screen, views
from flaxkata.learner.all_cores import AllCores, are_worth_it
from flaxkata.learner.judge_process import JudgeProcess
from flaxkata.learner.telling import Teller
from flaxkata.render import terminal

KEYS = {
    "h": "hint", "n": "next", "p": "previous", "l": "list", "g": "grade all", "r": "run again",
    "s": "solution", "x": "reset", "a": "ask", "q": "quit",
}  # fmt: skip
ENDS = {"c-c", "c-d", "q"}
SEND, CANCEL = {"c-m", "c-j", "enter"}, {"c-c", "c-d"}  # of a question
QUESTIONS = {
    "s": "It is not solved yet. s once more shows our answer.",
    "x": "x once more puts the stub in place of your text; yours is kept under .kata/.",
}
STEP, DEBOUNCE = 2, 100  # milliseconds: answer when nothing else was saved for the first, or after the second


class Watch:
    """What is on the screen, and what changes it."""

    def __init__(self, current: Exercise, device: str, poll: bool) -> None:
        self.root, self.current, self.device, self.poll = current.root, current, device, poll
        self.exercises = catalog.exercises(self.root)
        self.screen = screen.Screen(KEYS)
        self.screen.status = "starting: PyTorch and JAX are imported once"
        self.note = ""  # what a key did, until the next one
        self.confirming = ""  # the key that must be pressed twice
        self.run = 0  # the number of the newest request
        self.asking: str | None = None  # the question that is being typed
        self.teller = Teller(self.root, "watch")
        self.untold: list[report.Exercise] = []  # a verdict that may still get names of mistakes
        self.judge = JudgeProcess(self.root, device)
        self.ended = asyncio.Event()
        self._helpers: AllCores | None = None  # judges beside the one that stays
        self._tasks: set[asyncio.Task[None]] = set()  # asyncio itself holds them weakly

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
            await self.judge.start()
            self.grade(self.current)
            tasks = [asyncio.create_task(t) for t in (self._follow(), self._show_answers(), self.ended.wait())]
            done, rest = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in rest:
                task.cancel()
            await asyncio.gather(*rest, return_exceptions=True)
            await self._stop()
            if self._tasks:
                await asyncio.wait(self._tasks, timeout=3)
            await asyncio.to_thread(self.teller.close)
        for task in done:
            task.result()  # what went wrong, if anything did

    async def _restart(self, why: str) -> None:
        await self._stop()
        self.screen.status = f"starting again: {why}"
        self.show()
        await self.judge.start()
        self.grade(self.current)

    async def _stop(self) -> None:
        self._end_helpers()
        await self.judge.stop()

    # --- requests and answers ---

    def grade(self, *exercises: Exercise) -> None:
        """Ask for a verdict; one that is still awaited is dropped."""
        self.run += 1
        self.confirming = ""
        self._tell()
        numbers = [e.number for e in exercises]
        if not self.screen.status.startswith("starting"):
            self.screen.status = f"checking {numbers[0] if len(numbers) == 1 else 'all exercises'} ..."
            self.screen.put("")  # an old verdict could be taken for the new one
        self._end_helpers()
        request = Request(self.run, numbers, str(self.root / "exercises"), self.current.number)
        if len(exercises) > 1:
            self._tasks.add(asyncio.create_task(self._with_helpers(exercises, request)))
        else:
            self.judge.ask(request)
        self.show()  # while the judge works

    async def _with_helpers(self, exercises: tuple[Exercise, ...], request: Request) -> None:
        """Grade many with all cores; the judge then finds the results kept."""
        submission, options = self.root / "exercises", GradeOptions(self.device)
        results = Results(self.root)
        found = await asyncio.to_thread(lambda: results.find(results.keys(list(exercises), submission, options)))
        missing = [e for e in exercises if e.path not in found]
        if are_worth_it(missing) and request.run == self.run:
            self._helpers = AllCores(missing, submission, options)
            with contextlib.suppress(GraderFailed):  # the judge grades them then, and says what is wrong
                await asyncio.to_thread(self._helpers.grade)
        if request.run == self.run:
            self.judge.ask(request)

    def _end_helpers(self) -> None:
        if self._helpers:
            self._helpers.close()
        self._helpers = None

    async def _show_answers(self) -> None:
        while True:
            match await self.judge.answers.get():
                case {"gone": words}:
                    self.screen.status = "The grader stopped; this is a defect of the kit, not of your code. r starts it again."
                    self.screen.put(Text(report.printable(words)))  # code that was graded may have written there
                    self.show()
                case {"ready": _}:
                    self.screen.status = f"checking {self.current.number} ..."
                    self.show()
                case {"run": self.run} as answer:
                    self._verdict(msgspec.convert(answer, Answer))

    def _verdict(self, answer: Answer) -> None:
        progress.remember(self.root, {e.id: str(e.state) for e in answer.exercises})
        graded = {e.id for e in answer.exercises}
        exercises = [e for e in self.exercises if e.number in graded]
        following = progress.next_unsolved(self.exercises, progress.states(self.root), self.current)
        device = next((e.device for e in answer.exercises if e.device), self.device)
        result = report.Report(device, "exercises", answer.exercises)
        self.screen.body = views.verdict(result, exercises, self.root / "exercises", following, self._steps)
        self.screen.status = "" if answer.complete else "looking for known mistakes ..."
        self.show()
        self.untold = answer.exercises
        if answer.complete:
            self._tell()
        for e, found in zip(exercises, result.exercises, strict=True):
            self._tasks.add(asyncio.create_task(asyncio.to_thread(views.draw, e, found)))

    def _tell(self) -> None:
        """The board hears of a verdict once, complete if nothing came before
        that.
        """
        untold, self.untold = self.untold, []
        if untold:
            self.teller.tell(untold)

    def _steps(self, exercise: Exercise) -> terminal.Steps:
        go_on = f"n goes on to {exercise.number} {exercise.slug}: {views.shown(exercise.stub, self.root)}"
        help = "s shows our answer" if progress.all_hints_read(exercise) else "h gives a hint"
        return terminal.Steps(help, "save the file", f"x (or `kata reset {exercise.number}`)", go_on)

    # --- the files ---

    async def _follow(self) -> None:
        """Saves of exercises are graded; what is taught meanwhile is looked at
        once more; a change of the checks or the grader starts the judge again.
        """
        ours, records = Path(__file__).parents[1], self.root / taught.FOLDER
        with contextlib.suppress(OSError):  # a read-only checkout
            records.mkdir(parents=True, exist_ok=True)
        others = [folder for folder in (records, self.current.own) if folder and folder.is_dir()]
        folders = {self.root / "exercises", self.current.course / "tests", ours, *others}
        changes = awatch(*folders, step=STEP, debounce=DEBOUNCE, force_polling=self.poll or None, stop_event=self.ended)
        async for some in changes:
            paths = {Path(path) for _, path in some if not path.endswith("~")}
            saved = [e for e in self.exercises if e.stub in paths]
            if any(p.suffix == ".py" and p.name[0] != "." and self.root / "exercises" not in p.parents for p in paths):
                await self._restart("the checks or the grader changed")
            elif saved:
                self._saved(saved)
            elif any(path.parent == records and path.suffix == ".json" for path in paths):
                self.grade(self.current)

    def _saved(self, saved: list[Exercise]) -> None:
        """The exercise in hand comes first; else the one that was saved is in
        hand now.
        """
        self.current = self.current if self.current in saved else saved[0]
        self.grade(self.current)

    # --- the keys ---

    @contextlib.contextmanager
    def _keys(self) -> Iterator[None]:
        """Keys one by one, where there is a terminal; what is typed ahead of an
        end is not left to the shell.
        """
        if not (sys.stdin.isatty() and self.screen.console.is_terminal):
            yield
            return
        source = create_input()

        def read() -> None:
            for pressed in source.read_keys():
                self._press(pressed.key)

        with source.raw_mode(), source.attach(read):
            yield

    def _press(self, key: Any) -> None:
        key = getattr(key, "value", key)
        if self.asking is not None:
            return self._type(str(key))
        asked, self.confirming, self.note = self.confirming, "", ""
        if key in ENDS:
            self.ended.set()
        elif key in KEYS:
            getattr(self, f"_key_{key}")(asked == key)
        else:
            self.screen.scroll(str(key))
            self.show()

    def _key_h(self, again: bool) -> None:
        self.screen.put(terminal.hints(progress.more_hints(self.current), len(self.current.hints)))
        self.show()

    def _key_n(self, again: bool) -> None:
        self._go(1)

    def _key_p(self, again: bool) -> None:
        self._go(-1)

    def _go(self, step: int) -> None:
        order, at = self.exercises, self.exercises.index(self.current)
        states = progress.states(self.root)
        ahead = [e for e in [*order[at + 1 :], *order[:at]] if states.get(e.number) != "solved"]
        self.current = ahead[0] if step > 0 and ahead else order[(at + step) % len(order)]
        self.screen.put("")
        self.grade(self.current)

    def _key_l(self, again: bool) -> None:
        self.screen.put(views.listing(self.exercises, progress.states(self.root), self.current), marked=True)
        self.show()

    def _key_g(self, again: bool) -> None:
        self.grade(*self.exercises)

    def _key_r(self, again: bool) -> None:
        if not self.judge.runs:
            self.screen.status = "starting again"
            self._tasks.add(asyncio.get_running_loop().create_task(self._restart("you asked for it")))
        else:
            self.grade(self.current)

    def _key_s(self, again: bool) -> None:
        if again or progress.states(self.root).get(self.current.number) == "solved":
            self.screen.put(Group(*views.solution(self.current)))
        else:
            self.confirming = "s"
        self.show()

    def _key_x(self, again: bool) -> None:
        if again or not self.current.stub.exists():
            try:
                self.note = self._reset()
            except OSError as error:
                self.note = f"Your text is as it was: {error.filename} cannot be written: {error.strerror}."
        else:
            self.confirming = "x"
        self.show()

    def _key_a(self, again: bool) -> None:
        if membership.current(self.root):
            self.asking = ""
        else:
            self.note = "To ask the instructor, join the room first: kata join URL"
        self._ask()

    def _type(self, key: str) -> None:
        """One more key of a question: Enter sends it, with the file in hand."""
        question, self.asking = self.asking or "", None
        if key in SEND:
            try:
                self.note = joining.share(self.root, self.current, question)
            except joining.NotShared as error:
                self.note = str(error)
        elif key in CANCEL:
            self.note = "Nothing was sent."
        else:
            self.asking = question[:-1] if key in ("c-h", "backspace") else question + key * (len(key) == 1)
        self._ask()

    def _ask(self) -> None:
        if self.asking is not None:
            self.note = f"Your question; Enter sends it with {self.current.file}, Ctrl-C does not: {self.asking}_"
        self.show()

    def _reset(self) -> str:
        kept = progress.back_up(self.current) if self.current.stub.exists() else None
        progress.write_stub(self.current)  # and its being saved is noticed
        return f"Your text is kept in {views.shown(kept, self.root)}" if kept else "The stub is there again."

    # --- the screen ---

    def show(self) -> None:
        """Print everything again; without a terminal, only what is new of the
        body.
        """
        now, exercise = self.screen, self.current
        if now.console.is_terminal:
            path = (views.shown(exercise.stub, self.root), "cyan")
            now.head = Text.assemble((f"{exercise.number} {exercise.slug}", "bold"), "  ", path)
            deleted = (
                "" if exercise.stub.exists() else f"Its file was deleted. {self._steps(exercise).reset} restores the stub."
            )
            now.note = QUESTIONS.get(self.confirming, self.note) or deleted
            now.show()
        elif now.body and not now.status:
            now.console.print(now.body)
            now.put("")


def run(current: Exercise, device: str, poll: bool) -> None:
    """Watch, with one current exercise, until somebody quits."""
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(Watch(current, device, poll).main())
