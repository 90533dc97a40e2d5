"""The check of a port as one HTML page that needs no network: to be sent to a
colleague.
"""

import math

from flaxkata.port_report import Port
from flaxkata.render import web
from flaxkata.render.port import heading


def html(port: Port) -> str:
    """The page. All text of the user is escaped, and no script runs."""
    template = web.environment(short=short).get_template("port.html.j2")
    return template.render(port=port, heading=heading(port))


def short(number: float | None) -> str:
    """A distance, as `1.2e-07`; what is not known, as a dash."""
    return "-" if number is None else "shapes" if math.isinf(number) else f"{number:.1e}"
