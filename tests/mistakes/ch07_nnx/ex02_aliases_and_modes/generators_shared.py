"""A draw of Dropout in the clone moves the generator of `model`, so that
training one changes the masks of the other. The weights are apart. Usually
`nnx.split` took the model apart by kinds, and the rest, in which the generators
are, was merged as it was. `nnx.clone` gives everything new Variables.
"""

from flax import nnx


def clone(model):
    graphdef, numbers, rest = nnx.split(model, (nnx.Param, nnx.BatchStat), ...)
    return nnx.merge(graphdef, nnx.to_pure_dict(numbers), rest)


def snapshot(model):
    return nnx.to_pure_dict(nnx.state(model, (nnx.Param, nnx.BatchStat)))


def eval_view(model):
    return nnx.view(model, deterministic=True, use_running_average=True, raise_if_not_found=False)
