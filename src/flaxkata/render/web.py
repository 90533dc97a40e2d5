"""What pages share: how text, code and curves become HTML."""

import functools
import math
import re
from collections.abc import Callable
from itertools import groupby
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from flaxkata.report import Curve, one_line, printable

WIDE, HIGH = 420, 120  # of a drawn curve


@functools.cache  # with the templates that it has compiled
def environment(**filters: Callable[..., Any]) -> Environment:
    """Where templates are, in which all text is escaped; with filters of a
    page's own.
    """
    loader = PackageLoader("flaxkata", "render")
    found = Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    found.filters |= {"printable": printable, "one_line": one_line, "paragraphs": paragraphs, "code": code}
    found.filters |= {"drawn": drawn, "blocks": blocks, **filters}
    return found


def paragraphs(text: str) -> list[str]:
    """The paragraphs of a mistake's explanation."""
    return printable(text).split("\n\n")


def code(text: str) -> Markup:
    """Text in which what stands between backticks is shown as code."""
    return Markup(re.sub(r"`([^`]+)`", r"<code>\1</code>", str(escape(text))))


def blocks(text: str) -> list[tuple[bool, str]]:
    """A finding in parts: sentences, and what is drawn with lines and
    spaces.
    """
    parts = [(drawn, "\n".join(lines)) for drawn, lines in groupby(text.splitlines(), lambda line: line[:1] in (" ", ">"))]
    return [(drawn, lines) for drawn, lines in parts if lines.strip()]


def drawn(curve: Curve) -> Markup:
    """Both curves: PyTorch's broad, the port's thin."""
    lines = [
        f'<polyline class="{name}" points="{_points(values, curve)}"/>'
        for name, values in (("theirs", curve.expected), ("mine", curve.actual))
    ]
    return Markup(f'<svg viewBox="0 0 {WIDE} {HIGH}" role="img" aria-label="loss curves">{"".join(lines)}</svg>')


def _points(values: list[float], curve: Curve) -> str:
    low, high = curve.bounds
    room = (high - low) or 1.0
    step = (WIDE - 10) / max(len(values) - 1, 1)
    places = [
        (5 + i * step, HIGH - 8 - (HIGH - 16) * (min(v, high) - low) / room) for i, v in enumerate(values) if math.isfinite(v)
    ]
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
