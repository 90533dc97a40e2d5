"""Loss curves as a picture, from what was computed: PyTorch's and the learner's, one panel a training run."""

from pathlib import Path

from flaxkata.report import Exercise


def draw(e: Exercise, path: Path) -> None:
    """Write the curves of one exercise to `path`, a PNG. Raises OSError where that cannot be written."""
    from matplotlib.figure import Figure  # 0.4 s that a report without curves need not wait

    figure = Figure(figsize=(4.5 * len(e.curves), 3.6), dpi=120, layout="constrained")
    for axes, curve in zip(figure.subplots(1, len(e.curves), squeeze=False)[0], e.curves, strict=True):
        axes.plot(curve.theirs, color="tab:orange", linewidth=4, alpha=0.5, label="PyTorch")
        axes.plot(curve.mine, color="tab:blue", linewidth=1.5, label="yours")
        if curve.parts is not None:
            axes.axvline(curve.parts, color="tab:red", linestyle=":", label=f"they part at step {curve.parts}")
        axes.set(title=curve.label, xlabel="step", ylabel="loss")
        axes.legend()
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path)
