import jax.numpy as jnp
from flax import nnx


def clone(model):
    return nnx.clone(model)


def snapshot(model):
    def is_float(_, variable):
        return jnp.issubdtype(variable.get_value().dtype, jnp.floating)

    return nnx.to_pure_dict(nnx.state(model, lambda path, v: isinstance(v, nnx.Variable) and is_float(path, v)))


def eval_view(model):
    return nnx.view(model, deterministic=True, use_running_average=True, raise_if_not_found=False)
