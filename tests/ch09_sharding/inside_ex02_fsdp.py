"""What runs beside the learner's code for 9.2 fsdp."""

from collections.abc import Callable
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import optax
from jax.sharding import AxisType, Mesh, NamedSharding, PartitionSpec


def mesh(devices: int, name: str) -> Mesh:
    """The first device and the last ones in one row."""
    row = [jax.devices()[0], *jax.devices()[1 - devices :]]
    return jax.make_mesh((devices,), (name,), devices=row, axis_types=(AxisType.Auto,))


def placed(tree: Any, shardings: Any) -> Any:
    """The tree, each array where its sharding says; zeros where it has shapes
    alone.
    """
    arrays = jax.tree.map(lambda s: jnp.zeros(s.shape, s.dtype) if isinstance(s, jax.ShapeDtypeStruct) else s, tree)
    return jax.tree.map(jax.device_put, arrays, shardings)


def shapes(tree: Any) -> Any:
    """The shapes and dtypes of a tree, without its numbers."""
    return jax.eval_shape(lambda: tree)


def devices_of(tree: Any) -> Any:
    """On how many devices each array of the tree is."""
    return jax.tree.map(lambda leaf: np.array(len(leaf.devices()) if isinstance(leaf, jax.Array) else 0), tree)


def bytes_on(tree: Any, mesh: Mesh) -> Any:
    """For each array of the tree, how many bytes each device of the mesh holds
    of it.
    """
    return jax.tree.map(lambda leaf: np.array([sum(part.nbytes for part in parts) for parts in _parts(leaf, mesh)]), tree)


def parts_on(tree: Any, mesh: Mesh) -> list:
    """What each device of the mesh holds of the tree."""

    def on(device: int, leaf: Any) -> np.ndarray:
        return next(iter(_parts(leaf, mesh)[device]), np.empty(0))

    return [jax.tree.map(partial(on, device), tree) for device in range(mesh.size)]


def _parts(leaf: Any, mesh: Mesh) -> list[list[np.ndarray]]:
    shards = leaf.addressable_shards if isinstance(leaf, jax.Array) else []
    return [[np.asarray(s.data) for s in shards if s.device == device] for device in mesh.devices.flat]


def split(tree: Any, mesh: Mesh) -> Any:
    """The tree with the first axis of each array split over the mesh."""
    return jax.device_put(tree, NamedSharding(mesh, PartitionSpec(*mesh.axis_names)))


def under_jit(split_batch: Callable, tree: Any, mesh: Mesh) -> Any:
    """What split_batch returns for a tree that is computed under jax.jit, one
    more than the one given.
    """
    return jax.jit(lambda tree: split_batch(jax.tree.map(lambda a: a + 1, tree), mesh))(tree)


def adamw(lr: float, decay: float) -> optax.GradientTransformation:
    return optax.adamw(lr, weight_decay=decay)


def sgd(lr: float, decay: float) -> optax.GradientTransformation:
    return optax.chain(optax.add_decayed_weights(decay), optax.sgd(lr, momentum=0.9))


def adafactor(lr: float, decay: float) -> optax.GradientTransformation:
    """Its second moment of a matrix has a number for each row, and one for each
    column.
    """
    return optax.adafactor(lr, min_dim_size_to_factor=8, weight_decay_rate=decay)


def stateless() -> optax.GradientTransformation:
    """An optimizer whose state has no arrays."""
    return optax.sgd(0.1)


def opt_state(tx: optax.GradientTransformation, params: Any) -> Any:
    return tx.init(params)


def _keep(activation: jax.Array, mesh: Mesh) -> jax.Array:
    return jax.lax.with_sharding_constraint(activation, NamedSharding(mesh, PartitionSpec(*mesh.axis_names)))


def _forward(params: Any, x: jax.Array, mesh: Mesh, keep: Callable) -> dict[str, jax.Array]:
    hidden = keep(jnp.tanh(x @ params["fc1"]["kernel"] + params["fc1"]["bias"]), mesh)
    logits = keep(params["scale"] * (hidden @ params["fc2"]["kernel"] + params["fc2"]["bias"]), mesh)
    return {"hidden": hidden, "logits": logits}


def activations(split_batch: Callable, params: Any, x: jax.Array, mesh: Mesh) -> dict[str, jax.Array]:
    """The activations of TorchMLP; each went through split_batch."""
    return jax.jit(lambda params, x: _forward(params, x, mesh, split_batch))(params, x)


class _Loss:
    def __init__(self, mesh: Mesh) -> None:
        self.mesh, self.traced, self.run = mesh, 0, 0  # Python ran it with tracers, with arrays

    def count(self, x: jax.Array) -> None:
        if isinstance(x, jax.core.Tracer):
            self.traced += 1
        else:
            self.run += 1


def _let(activation: jax.Array, mesh: Mesh) -> jax.Array:
    return activation


class ClassLoss(_Loss):
    """TorchMLP's mean cross-entropy; with `free`, the compiler chooses where
    its activations lie.
    """

    def __init__(self, mesh: Mesh, free: bool = False) -> None:
        super().__init__(mesh)
        self.keep = _let if free else _keep

    def __call__(self, params: Any, x: jax.Array, y: jax.Array) -> jax.Array:
        self.count(x)
        logits = _forward(params, x, self.mesh, self.keep)["logits"]
        return optax.softmax_cross_entropy_with_integer_labels(logits, y).mean()


class LineLoss(_Loss):
    """The mean squared error of one layer, whose params are a tuple."""

    def __call__(self, params: Any, x: jax.Array, y: jax.Array) -> jax.Array:
        self.count(x)
        kernel, bias = params
        return jnp.mean((_keep(x @ kernel + bias, self.mesh) - y) ** 2)


def with_mesh(loss_fn: Callable, mesh: Mesh) -> Callable:
    """The learner's loss_fn, as `make_step` takes it."""
    return partial(loss_fn, mesh=mesh)


def state(params: Any, tx: optax.GradientTransformation, mesh: Mesh, axes: list[int]) -> dict[str, Any]:
    """A state for make_step, whose leaves are split along these axes, or whole
    for -1.
    """
    leaves, structure = jax.tree.flatten({"params": params, "opt_state": tx.init(params)})
    specs = [PartitionSpec(*[None] * axis, *mesh.axis_names) if axis >= 0 else PartitionSpec() for axis in axes]
    placed = [jax.device_put(jnp.copy(leaf), NamedSharding(mesh, s)) for leaf, s in zip(leaves, specs, strict=True)]
    return jax.tree.unflatten(structure, placed)


def train(step: Callable, state: Any, batches: list) -> tuple[Any, list]:
    """The state after the steps, and the losses."""
    losses = []
    for x, y in batches:
        state, loss = step(state, x, y)
        losses.append(loss)
    return state, losses


@partial(jax.jit, donate_argnums=0)
def give_away(state: Any) -> Any:
    """Donates the arrays of a state, as a step does."""
    return jax.tree.map(lambda a: a + a, state)


def gone(tree: Any) -> list[bool]:
    """For each array of a tree, whether it can be read no more."""
    found = []
    for leaf in jax.tree.leaves(tree):
        try:
            np.asarray(leaf)
            found.append(False)
        except RuntimeError:  # is_deleted() does not know that another array gave the memory away
            found.append(True)
    return found
