"""Which mistake is known in which exercise: a name that stands in one row once
may lack in another exercise where it can be made too.

    python tests/kit/mistake_names.py           names, the most frequent first
    python tests/kit/mistake_names.py 3.1 3.2   those of these exercises
"""

import sys
from collections import defaultdict

import fresh
from rich.console import Console
from rich.table import Table

from flaxkata import catalog


def main(wanted: list[str]) -> None:
    """Print the matrix: a row for each name, and in which exercises, with how
    many wordings.
    """
    rows: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for exercise in catalog.select(fresh.ROOT, wanted):
        for variant in exercise.variants:
            rows[variant.slug][exercise.number] += 1
    table = Table("mistake", "known in (wordings)", title=f"{len(rows)} names")
    for slug, counts in sorted(rows.items(), key=lambda row: (-len(row[1]), row[0])):
        table.add_row(slug, ", ".join(number + f" ({n})" * (n > 1) for number, n in counts.items()))
    Console().print(table)


if __name__ == "__main__":
    main(sys.argv[1:])
