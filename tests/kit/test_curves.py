"""Training curves: what is recorded, and which of them are drawn, in bars and
as a picture.
"""

import io
import math

from rich.console import Console, Group

from flaxkata.judge.proxy import show
from flaxkata.render import picture, terminal
from flaxkata.report import Curve, Exercise, State

FALLING = [4.0, 3.0, 2.0, 1.0]
CONTEXT = terminal.Context(
    "ch04", "f.py", "solution", ".kata/curves/x.png", "learned", terminal.Steps("hint", "again", "reset"), []
)


def shown(*curves):
    e = Exercise("4.4", "optimizers", "", State.STARTED, curves=list(curves))
    console = Console(width=100, file=io.StringIO())
    console.print(Group(*terminal.curves(e, CONTEXT, 2)))
    return console.file.getvalue()


def test_wrong_curves_come_first():
    """Two at most; the picture has them all."""
    same = [Curve(f"right {i}", FALLING, FALLING) for i in range(3)]
    text = shown(*same, Curve("wrong", [4.0, 4.0, 4.0, 4.0], FALLING, diverges_at=1))
    assert "wrong: the curves differ from step 1 on" in text and "right" not in text
    assert "with the curves of 3 more runs" in text
    assert "right 1" in shown(*same) and "right 2" not in shown(*same)
    assert "with the curves of 1 more run " in shown(*same) and "more" not in shown(*same[:2])


def test_a_run_that_explodes_leaves_pytorchs_to_be_seen():
    mine = [4.0, 1e30, math.inf, math.nan]
    assert Curve("", mine, FALLING, 1).bounds == (1.0, 10.0)
    assert Curve("", FALLING, FALLING).bounds == (1.0, 4.0)
    text = shown(Curve("exploded", mine, FALLING, 1))
    assert "PyTorch  ▃▃▂▁" in text and "yours    ▃█!!" in text


def test_picture(tmp_path):
    """A row has three panels; NaN and infinity are no obstacle."""
    curves = [Curve(f"losses with make({i})", [4.0, math.nan, math.inf, 1.0], FALLING, 1) for i in range(4)]
    picture.draw(Exercise("4.4", "optimizers", "", State.STARTED, curves=curves), tmp_path / "a" / "curves.png")
    assert (tmp_path / "a" / "curves.png").read_bytes().startswith(b"\x89PNG")


def test_arguments_in_words():
    """Lists of batches are shown by their first, and numbers as they are."""
    import torch

    x = torch.ones(8, 4)
    assert show([(x, x), (x, x)]) == "[(float32(8, 4), float32(8, 4)), ...]"
    assert (show((1, 10)), show([x])) == ("(1, 10)", "[float32(8, 4)]")
