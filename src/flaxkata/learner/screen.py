"""The screen of watch mode: the exercise above, the keys below, and between
them as much of a verdict or a list as there is room for.
"""

from rich.columns import Columns
from rich.console import Console, RenderableType
from rich.segment import Segment, SegmentLines
from rich.text import Text

MARK = ">"  # how the line begins that must be in view
LINES = {"down": 1, "j": 1, "up": -1, "k": -1}  # keys that scroll, as in `less`
PAGES = {"pagedown": 1, " ": 1, "pageup": -1, "b": -1, "home": -1000, "end": 1000}

Lines = list[list[Segment]]


class Screen:
    """What it shows, printed again with `show`."""

    def __init__(self, keys: dict[str, str]) -> None:
        self.console = Console(highlight=False)
        self.head = Text()
        self.status = ""  # what is going on
        self.body: RenderableType = ""  # the last verdict, or what was asked for
        self.note = ""  # what a key asks or did
        words = [Text.assemble((key, "bold"), " ", (what, "dim")) for key, what in keys.items()]
        self._keys = Columns(words, padding=(0, 2, 0, 0))
        self._top: int | None = 0  # the first line of the body that is shown; None: so that the marked one is
        self._last = 0  # the greatest that it can be
        self._room = 1  # how many lines are

    def put(self, body: RenderableType, marked: bool = False) -> None:
        """Show another body from its beginning, or around the marked line."""
        self.body, self._top = body, None if marked else 0

    def scroll(self, key: str) -> None:
        """What one of the keys that scroll does."""
        step = LINES.get(key, 0) + PAGES.get(key, 0) * max(1, self._room - 1)
        self._top = min(max(0, (self._top or 0) + step), self._last)

    def show(self) -> None:
        """Print everything again, where there is a terminal."""
        width, height = self.console.size
        above = self._lines(self.head) + self._lines(Text(self.status, "yellow"))
        below = (self._lines(Text(self.note, "bold yellow")) if self.note else []) + self._lines(self._keys)
        body = self._lines(self.body)
        self._room = max(1, height - len(above) - len(below) - 1)
        if len(body) > self._room:
            self._room = max(1, self._room - 1)  # for the line that says so
        self._last = max(0, len(body) - self._room)
        top = self._top = self._first(body)
        shown = body[top : top + self._room]
        if self._last:
            where = f"{top + 1}-{top + len(shown)} of {len(body)}: j k, arrows, PgUp, PgDn"
            below = self._lines(Text(where[:width], "dim")) + below
        self.console.clear()
        lines = [*above, *shown, [], *below][-height:]
        self.console.print(SegmentLines(lines[:-1], new_lines=True), SegmentLines(lines[-1:]), sep="", end="")

    def _first(self, body: Lines) -> int:
        at = self._top
        if at is None:
            marked = (i for i, line in enumerate(body) if "".join(s.text for s in line).startswith(MARK))
            at = next(marked, 0) - self._room // 2
        return min(max(0, at), self._last)

    def _lines(self, what: RenderableType) -> Lines:
        return self.console.render_lines(what, pad=False)
