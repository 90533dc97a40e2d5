"""`clone` shares Variables of other kinds than Param and BatchStat with the
model, such as a cache: what is written into one is seen in both. Usually the
kinds that are copied are listed, and the rest goes through `nnx.merge` as it
is. `nnx.clone` makes new Variables of every kind.
"""

from flax import nnx


def clone(model):
    import jax

    graphdef, numbers, rest = nnx.split(model, (nnx.Param, nnx.BatchStat, nnx.RngState), ...)
    return nnx.merge(graphdef, jax.tree.map(lambda a: a, numbers), rest)


def snapshot(model):
    return nnx.to_pure_dict(nnx.state(model, (nnx.Param, nnx.BatchStat)))


def eval_view(model):
    return nnx.view(model, deterministic=True, use_running_average=True, raise_if_not_found=False)
