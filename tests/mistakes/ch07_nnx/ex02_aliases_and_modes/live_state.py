"""The snapshot changes when `model` is trained: it holds the model's Variables,
into which training writes. Take the arrays out, by `nnx.to_pure_dict(state)` or
jax.tree.map(np.asarray, state).
"""

from flax import nnx


def clone(model):
    return nnx.clone(model)


def snapshot(model):
    return nnx.state(model, (nnx.Param, nnx.BatchStat))


def eval_view(model):
    return nnx.view(model, deterministic=True, use_running_average=True, raise_if_not_found=False)
