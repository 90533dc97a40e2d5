"""`eval_view` made a copy with numbers of its own and put that into eval mode:
it goes on computing with the numbers of the day on which it was made.
`nnx.view` shares the Variables.
"""

from flax import nnx


def clone(model):
    return nnx.clone(model)


def snapshot(model):
    return nnx.to_pure_dict(nnx.state(model, (nnx.Param, nnx.BatchStat)))


def eval_view(model):
    view = nnx.clone(model)
    view.eval()
    return view
