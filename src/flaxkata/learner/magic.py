"""The course in a notebook: `%%kata 1.4` runs a cell as any cell, and has its
text graded by a judge next door. `%kata hint 1.4` and its like are the commands
that a shell has.
"""

import atexit
import io
import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any

from IPython.core.interactiveshell import InteractiveShell
from IPython.display import display
from rich.console import Console, RenderableType

from flaxkata import catalog, report
from flaxkata.exercise import Exercise
from flaxkata.learner import joining, membership, progress, views
from flaxkata.learner.cells import Cell, Verdict
from flaxkata.learner.standing import Gone, StandingJudge
from flaxkata.learner.telling import Teller
from flaxkata.notebook import answers, markdown
from flaxkata.render import notebook, terminal

DEVICES = ("cpu", "gpu", "tpu")
WIDTH = 100  # columns of a verdict as text


NO_ROOM = 'This notebook is in no room. `%kata join URL --as "Your name"` joins one.'


class Refused(Exception):
    """What was asked for cannot be done; the message says why."""


class Kata:
    """`%%kata` and `%kata` of one kernel, with its judge."""

    def __init__(self, shell: InteractiveShell) -> None:
        self.shell = shell
        self.root = progress.root_at(Path.cwd())
        self.exercises = catalog.exercises(self.root)
        self.current = self._following(self.exercises[0]) or self.exercises[0]
        self.device = "cpu"
        self.judge = StandingJudge(self.root, self.device)
        self.judge.prepare(self.current)
        self.teller = Teller(self.root, "notebook")
        self.last = ""  # the text of the last cell that was graded
        atexit.register(self.close)

    def close(self) -> None:
        """End the judge."""
        atexit.unregister(self.close)
        self.judge.close()
        self.teller.close()

    def magic(self, line: str, cell: str | None = None) -> None:
        """%%kata EXERCISE runs the cell and grades it. %kata hint, solution,
        list, next, device: as `%kata` says.
        """
        try:
            if cell is not None:
                self._grade(self._one(line.strip()), cell)
            else:
                self._command(line)
        except Refused as refused:
            self._say(str(refused))

    # --- a cell ---

    def _grade(self, exercise: Exercise, body: str) -> None:
        cell = Cell(exercise, answers.graded(body), self.exercises)
        if words := cell.not_python(self.shell.transform_cell(body) != body):
            self.shell.run_cell(body)
            raise Refused(words)
        result = self.shell.run_cell(body)
        if isinstance(result.error_in_exec, KeyboardInterrupt):
            raise Refused("The cell was interrupted, so it is not graded.")
        if words := cell.meant_otherwise():
            raise Refused(words)
        self.current, self.last = exercise, cell.text
        shown = _Shown(live=hasattr(self.shell, "kernel"))
        waiting = f"Checking {exercise.number} {exercise.slug} ..."
        shown.put(notebook.words(waiting), waiting, last=False)
        try:
            for found, complete in self.judge.grade(exercise, cell.text):
                self._show(cell, found, complete, shown)
                if complete:
                    self.teller.tell([found])
        except KeyboardInterrupt:
            shown.say("Interrupted: the cell ran, and it is not graded. Run it again for a verdict.")
        except Gone as gone:
            words = "The grader stopped; this is a defect of the kit, not of your code. Run the cell again to start it."
            shown.say(str(gone) if self.device != "cpu" else words, *([] if self.device != "cpu" else [str(gone)]))

    def _show(self, cell: Cell, found: report.Exercise, complete: bool, shown: "_Shown") -> None:
        exercise = cell.exercise
        progress.remember(self.root, {exercise.number: str(found.state)})
        following = self._following(exercise)
        result = report.Report(found.device or self.device, "a cell", [found])
        verdict = Verdict(cell, result, following, self.shell.user_ns)
        html = notebook.verdict(result, verdict.contexts, verdict.following, verdict.notes, complete)
        text = terminal.summary(result, verdict.contexts, verdict.following)
        shown.put(html, "\n".join([*verdict.notes, _plain(text)]), last=complete)

    # --- commands ---

    def _command(self, line: str) -> None:
        try:
            command, *names = shlex.split(line) or [""]
        except ValueError as error:
            raise Refused(f"`%kata {line}` cannot be read: {error}.") from None
        commands: dict[str, Callable[[list[str]], None]] = {
            "hint": self._hint, "solution": self._solution, "list": self._list, "next": self._next, "device": self._device,
            "join": self._join, "leave": self._leave, "share": self._share,
        }  # fmt: skip
        if command not in commands:
            all_of_them = ", ".join(f"`%kata {name}`" for name in commands)
            raise Refused(f"These can be asked for: {all_of_them}. `%%kata 1.4`, with your answer below it, grades a cell.")
        commands[command](names)

    def _hint(self, names: list[str]) -> None:
        exercise = self._named(names)
        hints, count = progress.more_hints(exercise), len(exercise.hints)
        last = [f"These are all. `%kata solution {exercise.number}` shows our answer."] if len(hints) == count else []
        self._say(*(f"Hint {n} of {count} to {exercise.number}: {words}" for n, words in enumerate(hints, 1)), *last)

    def _solution(self, names: list[str]) -> None:
        exercise = self._named([name for name in names if name != "--yes"])
        if "--yes" not in names and progress.states(self.root).get(exercise.number) != "solved":
            number = exercise.number
            raise Refused(f"{number} {exercise.slug} is not solved yet. `%kata solution {number} --yes` shows our answer.")
        _, code = views.solution(exercise)
        text = getattr(code, "code", "").rstrip()
        display({"text/markdown": f"```python\n{text}\n```", "text/plain": text}, raw=True)

    def _list(self, names: list[str]) -> None:
        chosen = self.exercises if not names else self._chosen(names)
        print(_plain(views.listing(chosen, progress.states(self.root), self.current)))

    def _next(self, names: list[str]) -> None:
        following = self._following(self.current)
        if following is None:
            raise Refused("All exercises are solved.")
        self.current = following
        self.judge.prepare(following)
        text = markdown.of_docstring(following.text)
        go_on = f"Your answer goes into a cell that begins with `%%kata {following.number}`: {_asked(following)}."
        display({"text/markdown": f"{text}\n\n{go_on}", "text/plain": f"{following.text}\n\n{go_on}"}, raw=True)

    def _device(self, names: list[str]) -> None:
        if not names:
            raise Refused(f"JAX computes on the {self.device} when a cell is graded. `%kata device gpu` changes that.")
        if names[0] not in DEVICES:
            raise Refused(f"There is no device {names[0]!r}: cpu, gpu or tpu.")
        self.judge.close()
        self.device = names[0]
        self.judge = StandingJudge(self.root, self.device)
        self.judge.prepare(self.current)
        self._say(f"From now on, cells are graded on the {self.device}.")

    # --- the board ---

    def _join(self, names: list[str]) -> None:
        address, *name = [word for word in names if word != "--as"] or [""]
        if address == "--show":
            raise Refused(joining.standing(self.root) or NO_ROOM)
        if not address or not name:
            raise Refused('Say which room, and who you are: `%kata join http://192.168.1.5:8420/ABC234 --as "Your name"`.')
        try:
            member = joining.join(self.root, address, " ".join(name))
        except membership.Unreachable as error:
            raise Refused(f"{error} {membership.HOSTED}") from None
        except (ValueError, membership.Refused) as error:
            raise Refused(str(error)) from None
        self._say(f"You are in the room {member.room} as {member.name}.", *joining.SENT)

    def _leave(self, names: list[str]) -> None:
        member = membership.current(self.root)
        self._say(joining.leave(self.root, member) if member else NO_ROOM)

    def _share(self, names: list[str]) -> None:
        if not self.last:
            raise Refused("Run a cell that begins with `%%kata` first: that cell is shared.")
        try:
            self._say(joining.share(self.root, self.current, " ".join(names), self.last))
        except joining.NotShared as error:
            raise Refused(str(error)) from None

    # --- which exercise ---

    def _named(self, names: list[str]) -> Exercise:
        """The exercise of a name; without one, that of the last cell."""
        return self._one(names[0]) if names else self.current

    def _one(self, name: str) -> Exercise:
        if not name:
            raise Refused("Say which exercise the cell answers, as in `%%kata 1.4`.")
        if e := answers.by_name(self.exercises).get(name):
            return e
        chapter = self._chosen([name])
        raise Refused(f"{name!r} is a chapter; name one exercise: {', '.join(e.number for e in chapter)}.")

    def _chosen(self, names: list[str]) -> list[Exercise]:
        try:
            return catalog.select(self.root, names)
        except catalog.UnknownExercise as error:
            raise Refused(str(error).replace("`kata list`", "`%kata list`")) from None

    def _following(self, exercise: Exercise) -> Exercise | None:
        return progress.next_unsolved(self.exercises, progress.states(self.root), exercise)

    def _say(self, *lines: str) -> None:
        _Shown(live=False).say(*lines)


def _asked(exercise: Exercise) -> str:
    return ", ".join(f"`{name}`" for name in sorted(answers.asked_of(exercise)))


def _plain(what: RenderableType) -> str:
    """What a terminal shows, as text."""
    file = io.StringIO()
    Console(file=file, width=WIDTH, color_system=None, highlight=False, force_jupyter=False).print(what)
    return "\n".join(line.rstrip() for line in file.getvalue().splitlines())


class _Shown:
    """What stands below a cell. Where it is `live`, it changes; a terminal only
    gets the last of it.
    """

    def __init__(self, live: bool) -> None:
        self._live, self._handle = live, None

    def say(self, *lines: str) -> None:
        self.put(notebook.words(*lines), "\n".join(report.printable(line) for line in lines), last=True)

    def put(self, html: str, text: str, last: bool) -> None:
        content: dict[str, Any] = {"text/html": html, "text/plain": text}
        if self._live and self._handle:
            self._handle.update(content, raw=True)
        elif self._live:
            self._handle = display(content, raw=True, display_id=True)
        elif last:
            display(content, raw=True)


loaded: list[Kata] = []  # in this kernel


def load(shell: InteractiveShell) -> None:
    """`%load_ext flaxkata`."""
    loaded.append(Kata(shell))
    shell.register_magic_function(loaded[0].magic, "line_cell", "kata")


def unload(shell: InteractiveShell) -> None:
    """`%unload_ext flaxkata`: the judge ends, and `%%kata` is unknown again."""
    loaded.pop().close()
    for kind in ("line", "cell"):
        shell.magics_manager.magics[kind].pop("kata", None)
