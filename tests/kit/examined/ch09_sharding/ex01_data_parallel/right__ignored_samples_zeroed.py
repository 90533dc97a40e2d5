from typing import Any

import jax
import jax.numpy as jnp
from jax.sharding import AxisType, Mesh, NamedSharding
from jax.sharding import PartitionSpec as P


def predict(params: Any, x: jax.Array) -> jax.Array:
    """TorchMLP's logits.

    params: {"fc1": {"kernel", "bias"}, "fc2": {...}}; x: float32 (n, in_dim).
    """
    hidden = jnp.tanh(x @ params["fc1"]["kernel"] + params["fc1"]["bias"])
    return hidden @ params["fc2"]["kernel"] + params["fc2"]["bias"]


def loss_fn(params: Any, x: jax.Array, y: jax.Array) -> jax.Array:
    """The mean cross-entropy over the samples whose label is not -100.

    y: int32 (n,). The samples labeled -100 count neither in the sum nor in the
    number to divide by.
    """
    log_probs = jax.nn.log_softmax(predict(params, x))
    picked = log_probs * jax.nn.one_hot(y, log_probs.shape[-1])  # all zero for a label of -100
    return -picked.sum() / (y != -100).sum()


def mesh8() -> Mesh:
    """All eight devices in one row: a mesh with one axis, "data"."""
    return jax.make_mesh((8,), ("data",), axis_types=(AxisType.Auto,))


def shard(batch: Any, mesh: Mesh) -> Any:
    """The same tree, with the first axis of each array split over "data".

    batch: any tree of arrays (n, ...), such as a dict, a tuple or one array,
    where n is a multiple of eight, not put anywhere by `jax.device_put`. It
    stays as and where it is.
    mesh: as `mesh8` returns it.
    The first device gets the first n / 8 samples, and so on.
    """
    return jax.device_put(batch, NamedSharding(mesh, P("data")))


def dp_grads(params: Any, x: jax.Array, y: jax.Array, mesh: Mesh) -> Any:
    """The gradients of `loss_fn` over the whole batch, shaped like params, and
    NaN where loss_fn's are.

    params: as in `predict`, on the first device, not put there by
    `jax.device_put`; they stay as and where they are. x, y: sharded, as by
    `shard`; x is finite, and each device has at least one label that counts.
    Every device of the mesh has all of the gradients afterwards.
    """
    whole = NamedSharding(mesh, P())

    def masked(params, x, y):
        x = jnp.where((y != -100)[:, None], x, 0)  # these do not count
        return loss_fn(params, x, y)

    grad_fn = jax.jit(jax.grad(masked), out_shardings=whole)
    return grad_fn(params, x, y)
