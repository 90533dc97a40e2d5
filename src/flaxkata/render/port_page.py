"""The check of a port as one HTML page that needs no network: to be sent to a
colleague.
"""

import math
from itertools import groupby

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from flaxkata.port_report import Port
from flaxkata.render.page import code
from flaxkata.render.port import heading
from flaxkata.report import Curve, printable

WIDE, HIGH = 420, 120  # of a drawn curve


def html(port: Port) -> str:
    """The page. All text of the user is escaped, and no script runs."""
    loader = PackageLoader("flaxkata", "render")
    environment = Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    environment.filters |= {"printable": printable, "code": code, "short": short, "drawn": drawn, "blocks": blocks}
    return environment.get_template("port.html.j2").render(port=port, heading=heading(port))


def short(number: float | None) -> str:
    """A distance, as `1.2e-07`; what is not known, as a dash."""
    return "-" if number is None else "shapes" if math.isinf(number) else f"{number:.1e}"


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
