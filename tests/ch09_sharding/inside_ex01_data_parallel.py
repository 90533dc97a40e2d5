"""What runs beside the learner's code for 9.1 data_parallel."""

from functools import partial
from typing import Any, NamedTuple

import jax
import numpy as np
from jax.sharding import AxisType, Mesh, NamedSharding, PartitionSpec


class Batch(NamedTuple):
    x: jax.Array
    y: jax.Array


def mesh() -> Mesh:
    return jax.make_mesh((8,), ("data",), axis_types=(AxisType.Auto,))


def split(tree: Any, mesh: Mesh) -> Any:
    """The tree with the first axis of each array split over the devices."""
    return jax.device_put(tree, NamedSharding(mesh, PartitionSpec("data")))


def devices_of(tree: Any) -> Any:
    """On how many devices each array of the tree is."""
    return jax.tree.map(lambda leaf: np.array(len(leaf.devices()) if isinstance(leaf, jax.Array) else 0), tree)


def on_devices(tree: Any) -> list:
    """What each device holds of the tree, in the devices' order: for the
    devices that have a part of all its arrays.
    """
    leaves = [leaf for leaf in jax.tree.leaves(tree) if isinstance(leaf, jax.Array)]
    devices = sorted(set.intersection(*(leaf.devices() for leaf in leaves)), key=lambda d: d.id) if leaves else []
    return [jax.tree.map(partial(_on, device), tree) for device in devices]


def _on(device: jax.Device, array: jax.Array) -> np.ndarray:
    return next(np.asarray(s.data) for s in array.addressable_shards if s.device == device)
