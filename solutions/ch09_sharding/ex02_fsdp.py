"""9.2 fsdp: A model that no device holds whole

DistributedDataParallel keeps the whole model on every device, and AdamW's two
moments of every parameter too. `fully_shard` splits them: each process keeps a
part of every parameter and of its moments, and gathers the rest of a layer only
while it computes with it.

In JAX nothing is wrapped. The model is the same function, and where its arrays
lie is the whole difference:

    torch.distributed.fsdp                  JAX
    fully_shard(model, mesh=mesh)           jax.device_put(params, shardings)
    shard_placement_fn=lambda p: Shard(1)   NamedSharding(mesh, P(None, "data"))

fully_shard splits the first dim of each parameter, and unevenly if need be: six
rows on eight processes leave two processes with none. On another dim, uneven
parts raise an error. In JAX they raise an error on every axis. So take an axis
that can be divided, and leave an array whole on every device if it has none, or
if it is too small to be worth the communication.

What is meant to be split becomes whole by accident, without an error:

  * `jax.jit(tx.init)(params)` returns moments that lie whole on the first
    device: zeros depend on no param. `jax.jit(f, out_shardings=tree)` says
    where the results lie, and `jax.eval_shape(f, x)` returns their shapes and
    dtypes without computing them. `tx.init(params)` without jax.jit puts Adam's
    moments beside their params, but its count on the first device alone.
  * The compiler chooses where the results of a step lie: an array that was
    whole may come back split. Say it, for params and optimizer state.
  * It chooses for activations too. If x is split by rows and a kernel by
    columns, x @ kernel comes out with all rows and some columns on each device:
    the batch is no longer split. Under jax.jit,
    `jax.lax.with_sharding_constraint(tree, sharding)` says where arrays lie;
    `jax.device_put` changes nothing there. The constraint works outside jax.jit
    too.

`jax.device_put` does not copy what lies on the right device already: of an
array that stays whole, the first device has the caller's memory. A step that
donates its state deletes it for the caller too. `jnp.copy` makes a copy.

Write the four functions. `predict` and `loss_fn` are given, and show where
`split_batch` is called under jax.jit. Each mesh has one axis, with any name,
and 2, 4 or 8 devices, the first one among them.

After 6.1 and 9.1. About 30 minutes.

https://docs.jax.dev/en/latest/_autosummary/jax.lax.with_sharding_constraint.html
"""

# --- PyTorch ---
from collections.abc import Callable

import torch


class TorchMLP(torch.nn.Module):
    def __init__(self, in_dim: int, hidden: int, classes: int):
        super().__init__()
        self.fc1 = torch.nn.Linear(in_dim, hidden)
        self.fc2 = torch.nn.Linear(hidden, classes)
        self.scale = torch.nn.Parameter(torch.rand(()) + 1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.scale * self.fc2(torch.tanh(self.fc1(x)))


def torch_parts(t: torch.Tensor, devices: int, dim: int | None) -> list[torch.Tensor]:
    """What each device holds of t: its part, as Shard(dim) splits it, or all of
    it.
    """
    return [t] * devices if dim is None else list(t.chunk(devices, dim))


def torch_step(
    model: torch.nn.Module,
    optimizer: torch.optim.Optimizer,
    criterion: Callable[[torch.Tensor, torch.Tensor], torch.Tensor],
    x: torch.Tensor,
    y: torch.Tensor,
) -> float:
    """One step on one device; returns the loss before it."""
    loss = criterion(model(x), y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return loss.item()


# --- JAX ---
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

    # <solution>
    def sharding(leaf):
        axes = [axis for axis, length in enumerate(leaf.shape) if length % mesh.size == 0]
        if not axes or leaf.size < min_size:
            return NamedSharding(mesh, P())
        longest = max(axes, key=lambda axis: leaf.shape[axis])  # the first of equals
        return NamedSharding(mesh, P(*[None] * longest, *mesh.axis_names))

    return jax.tree.map(sharding, tree)
    # </solution>


def split_batch(batch: Any, mesh: Mesh) -> Any:
    """The same tree of jax.Arrays, with the first axis of each split over the
    mesh, both under jax.jit and without it.

    batch: any tree of arrays (n, ...), where n is a multiple of the number of
    devices, not put anywhere by `jax.device_put`. It stays as and where it is.
    """
    # <solution>
    return jax.lax.with_sharding_constraint(batch, NamedSharding(mesh, P(*mesh.axis_names)))
    # </solution>


def make_state(params: Any, tx: optax.GradientTransformation, mesh: Mesh) -> dict[str, Any]:
    """{"params": params, "opt_state": what `tx.init` returns}, with all arrays
    where `shardings` says, with its default for min_size.

    params: any tree of arrays, on the first device, not put there by
    `jax.device_put`. They stay as and where they are, and can be used even once
    a step has taken the state. tx: any optimizer whose `init` makes new
    arrays; those of some, such as `optax.adafactor`, have other shapes than
    params.
    """
    # <solution>
    # A copy: the step donates these arrays, and the first device's part may be the caller's.
    params = jax.device_put(jax.tree.map(jnp.copy, params), shardings(params, mesh))
    places = shardings(jax.eval_shape(tx.init, params), mesh)
    return {"params": params, "opt_state": jax.jit(tx.init, out_shardings=places)(params)}
    # </solution>


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

    # <solution>
    def step(state, x, y):
        x, y = split_batch((x, y), mesh)
        loss, grads = jax.value_and_grad(loss_fn)(state["params"], x, y)
        updates, opt_state = tx.update(grads, state["opt_state"], state["params"])
        state = {"params": optax.apply_updates(state["params"], updates), "opt_state": opt_state}
        return jax.lax.with_sharding_constraint(state, shardings(state, mesh)), loss

    return jax.jit(step, donate_argnums=0)
    # </solution>
