"""The snapshot has float32 numbers where the model has bfloat16. Usually
np.asarray(array, np.float32) or astype converts each array. Keep the arrays as
they are: `nnx.to_pure_dict` does not convert them.
"""

from flax import nnx


def clone(model):
    return nnx.clone(model)


def snapshot(model):
    import jax
    import numpy as np

    state = nnx.to_pure_dict(nnx.state(model, (nnx.Param, nnx.BatchStat)))
    return jax.tree.map(lambda a: np.asarray(a, np.float32), state)


def eval_view(model):
    return nnx.view(model, deterministic=True, use_running_average=True, raise_if_not_found=False)
