from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import optax
from jax.sharding import Mesh, NamedSharding
from jax.sharding import PartitionSpec as P


def predict(params: Any, x: jax.Array, mesh: Mesh) -> jax.Array:
    """TorchMLP's logits; each activation stays split by rows.

    params: {"fc1": {"kernel", "bias"}, "fc2": {...}, "scale"}; x: float32 (n,
    in_dim).
    """
    hidden = split_batch(jnp.tanh(x @ params["fc1"]["kernel"] + params["fc1"]["bias"]), mesh)
    logits = params["scale"] * (hidden @ params["fc2"]["kernel"] + params["fc2"]["bias"])
    return split_batch(logits, mesh)


def loss_fn(params: Any, x: jax.Array, y: jax.Array, mesh: Mesh) -> jax.Array:
    """The mean cross-entropy. y: int32 (n,)."""
    return optax.softmax_cross_entropy_with_integer_labels(predict(params, x, mesh), y).mean()


def shardings(tree: Any, mesh: Mesh, min_size: int = 64) -> Any:
    """The same tree, with a NamedSharding in place of each array.

    tree: any tree of arrays, of tracers, or of shapes and dtypes as
        `jax.eval_shape` returns them.
    An array is split over the mesh along its longest axis that the number of
    devices divides; of equally long ones, along the first. It is whole on every
    device if it has no such axis, or fewer than min_size elements.
    """

    (mesh_axis,) = mesh.axis_names

    def one(array):
        fits = [axis for axis, n in enumerate(array.shape) if n % mesh.size == 0]
        if array.size < min_size:
            return NamedSharding(mesh, P())
        best = max(range(len(array.shape)), key=lambda axis: (axis in fits, array.shape[axis]))
        if best not in fits:
            return NamedSharding(mesh, P())
        return NamedSharding(mesh, P(*[None] * best, mesh_axis))

    return jax.tree.map(one, tree)


def split_batch(batch: Any, mesh: Mesh) -> Any:
    """The same tree of jax.Arrays, with the first axis of each split over the
    mesh, both under jax.jit and without it.

    batch: any tree of arrays (n, ...), where n is a multiple of the number of
    devices, not put anywhere by `jax.device_put`. It stays as and where it is.
    """
    return jax.lax.with_sharding_constraint(batch, NamedSharding(mesh, P(mesh.axis_names[0])))


def make_state(params: Any, tx: optax.GradientTransformation, mesh: Mesh) -> dict[str, Any]:
    """{"params": params, "opt_state": what `tx.init` returns}, with all arrays
    where `shardings` says, with its default for min_size.

    params: any tree of arrays, on the first device, not put there by
    `jax.device_put`. They stay as and where they are, and can be used even once
    a step has taken the state. tx: any optimizer; the arrays of some, such as
    `optax.adafactor`, have other shapes than params.
    """
    params = jax.device_put(jax.tree.map(jnp.copy, params), shardings(params, mesh))

    def init(params):
        return jax.tree.map(jnp.copy, tx.init(params))  # some optimizers keep the params

    where = shardings(jax.eval_shape(init, params), mesh)
    opt_state = jax.jit(init, out_shardings=where)(params)
    return {"params": params, "opt_state": opt_state}


def make_step(
    loss_fn: Callable[[Any, jax.Array, jax.Array], jax.Array], tx: optax.GradientTransformation, mesh: Mesh
) -> Callable[[dict[str, Any], jax.Array, jax.Array], tuple[dict[str, Any], jax.Array]]:
    """Returns step(state, x, y) -> (new state, loss).

    loss_fn(params, x, y): returns a float32 ().
    state: as `make_state` returns it for this tx and mesh, or as the step did,
        with params of the same shapes in all calls. All arrays of the new one
        lie where those of the old one did.
    x, y: with the same n as first axis, a multiple of the number of devices;
        whole, as `jnp.asarray` makes them, or as `split_batch` returns them.
    loss: that of this batch before the step.
    The step donates the arrays of state. It is compiled: a call whose x and y
    have the shapes and the places of earlier ones does not trace loss_fn again.
    """

    def step(state, x, y):
        params, opt_state = state["params"], state["opt_state"]
        x, y = split_batch((x, y), mesh)
        loss, grads = jax.value_and_grad(loss_fn)(params, x, y)
        updates, opt_state = tx.update(grads, opt_state, params)
        params = optax.apply_updates(params, updates)
        new = {"params": params, "opt_state": opt_state}
        return jax.lax.with_sharding_constraint(new, shardings(new, mesh)), loss

    return jax.jit(step, donate_argnums=0)
