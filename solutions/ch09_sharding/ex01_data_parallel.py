"""9.1 data_parallel: One batch on eight devices, and no all-reduce

DistributedDataParallel runs your script once per device. Every process has a
copy of the model and a part of the batch, and `backward()` averages the
gradients of all processes.

In JAX one process has all devices of a machine, and an array can lie on many of
them. It knows where it lies, as a DTensor does:

    torch.distributed.tensor                JAX
    init_device_mesh("cuda", (8,),          jax.make_mesh((8,), ("data",),
        mesh_dim_names=("data",))               axis_types=(AxisType.Auto,))
    distribute_tensor(x, mesh, [Shard(0)])  jax.device_put(x, NamedSharding(
                                                mesh, P("data")))
    distribute_tensor(w, mesh,              jax.device_put(w, NamedSharding(
        [Replicate()])                          mesh, P()))

P names the mesh axis over which each axis of the array is split. An axis for
which it names none is whole on every device. `jax.device_put` takes whole
trees. It raises an error if the first axis cannot be divided by eight.

You write a function under `jax.jit` for the whole batch. A mean over x is the
mean over all its samples, the batch statistics of BatchNorm are those of all
samples, and the compiler inserts the communication. So there is nothing to add
up or to divide by hand. DDP's average is the gradient of the mean loss only if
all processes have the same number of samples that count: with labels of -100,
which do not count, it is a mean of means.

Auto leaves the placement of all results to the compiler. Without `axis_types`
the axes are Explicit: where a result lies is then part of its type. Without
`jax.set_mesh`, `jax.grad` then raises an error if params that are not on the
mesh meet a sharded x, and outside `jax.jit` in any case.

With Auto, `jax.jit` brings arrays that were never put anywhere to the mesh. If
`jax.device_put` has put one on a single device, it raises an error.

`jax.shard_map` is the manual way. Your function sees the part of one device, as
a DDP process does. But for params that all devices share, `jax.grad` already
returns the sum over the devices: even with a `jax.lax.pmean` after it, the
gradients are eight times too large.

Here JAX has eight devices, made from one CPU. A program of your own gets them
with `jax.config.update("jax_num_cpu_devices", 8)`, before JAX is first used;
later it raises an error.

Write the three functions. The model and its loss are given.

After 4.3 and 4.6. About 20 minutes.

https://docs.jax.dev/en/latest/201/sharding.html
"""

# --- PyTorch ---
import torch


class TorchMLP(torch.nn.Module):
    def __init__(self, in_dim: int, hidden: int, classes: int):
        super().__init__()
        self.fc1 = torch.nn.Linear(in_dim, hidden)
        self.fc2 = torch.nn.Linear(hidden, classes)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.fc2(torch.tanh(self.fc1(x)))


def torch_parts(x: torch.Tensor, devices: int) -> list[torch.Tensor]:
    """The part of x on each device, as Shard(0) splits it."""
    return list(x.chunk(devices))


def torch_grads(model: torch.nn.Module, x: torch.Tensor, y: torch.Tensor) -> None:
    """Leaves the gradients of the mean loss over the whole batch in `p.grad`;
    samples with y == -100 do not count.
    """
    model.zero_grad()
    torch.nn.functional.cross_entropy(model(x), y, ignore_index=-100).backward()


# --- JAX ---
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
    # <solution>
    return jax.make_mesh((8,), ("data",), axis_types=(AxisType.Auto,))
    # </solution>


def shard(batch: Any, mesh: Mesh) -> Any:
    """The same tree, with the first axis of each array split over "data".

    batch: any tree of arrays (n, ...), such as a dict, a tuple, a NamedTuple or
    one array, where n is a multiple of eight, not put anywhere by
    `jax.device_put`. It stays as and where it is. mesh: as `mesh8` returns it.
    The first device gets the first n / 8 samples, and so on.
    """
    # <solution>
    return jax.device_put(batch, NamedSharding(mesh, P("data")))
    # </solution>


def dp_grads(params: Any, x: jax.Array, y: jax.Array, mesh: Mesh) -> Any:
    """The gradients of `loss_fn` over the whole batch, shaped like params; with
    NaN in params, NaN where loss_fn's are.

    params: as in `predict`, on the first device, not put there by
    `jax.device_put`; they stay as and where they are. x, y: sharded, as by
    `shard`; x is finite, and each device has at least one label that counts.
    Every device of the mesh has all of the gradients afterwards.
    """
    # <solution>
    params = jax.device_put(params, NamedSharding(mesh, P()))  # the same on all devices, as when DDP is built
    return jax.jit(jax.grad(loss_fn))(params, x, y)
    # </solution>
