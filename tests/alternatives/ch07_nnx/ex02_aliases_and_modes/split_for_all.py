"""split and merge in three ways: with new Variables, without them, and with
the old.
"""

import jax
import numpy as np
from flax import nnx


def clone(model):
    return nnx.merge(*nnx.split(model), copy=True)


def snapshot(model):
    _, params, stats, _ = nnx.split(model, nnx.Param, nnx.BatchStat, ...)
    return jax.tree.map(np.array, nnx.merge_state(params, stats))


def eval_view(model):
    view = nnx.merge(*nnx.split(model))
    view.eval()
    return view
