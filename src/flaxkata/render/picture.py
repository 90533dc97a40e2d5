"""Loss curves as a picture, from what was computed: PyTorch's and the
learner's, one panel a training run.
"""

import textwrap
from pathlib import Path

from flaxkata.report import Exercise

COLUMNS = 3


def draw(e: Exercise, path: Path) -> None:
    """Write the curves of one exercise to `path`, a PNG. Raises OSError where
    that cannot be written.
    """
    from matplotlib.figure import Figure  # 0.4 s that a report without curves need not wait

    columns = min(len(e.curves), COLUMNS)
    rows = -(-len(e.curves) // columns)
    figure = Figure(figsize=(4.5 * columns, 3.6 * rows), dpi=120, layout="constrained")
    for place, curve in enumerate(e.curves, start=1):
        axes = figure.add_subplot(rows, columns, place)
        axes.plot(curve.expected, color="tab:orange", linewidth=4, alpha=0.5, label="PyTorch")
        axes.plot(curve.actual, color="tab:blue", linewidth=1.5, label="yours")
        if curve.diverges_at is not None:
            axes.axvline(curve.diverges_at, color="tab:red", linestyle=":", label=f"they differ from step {curve.diverges_at}")
        low, high = curve.bounds
        room = 0.05 * (high - low) or 1.0
        axes.set(xlabel="step", ylabel="loss", ylim=(low - room, high + room))
        axes.set_title("\n".join(textwrap.wrap(curve.label, 42)), fontsize="medium")
        axes.legend()
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path)
