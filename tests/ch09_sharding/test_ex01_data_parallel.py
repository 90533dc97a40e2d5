"""Graded checks of 9.1 data_parallel."""

import pytest
import torch

from flaxkata.checks import compare, each, expect, fetch, named, preserving, same_containers, when

LEARNED = "under jit, the loss of a sharded batch is the loss of the whole batch; nothing is reduced by hand."

DEVICES = 8

HINTS = (
    "DDP's processes become properties of the data: the process group is a mesh, a process's part of the batch is one "
    "sharding, and the model's copies are another. The all-reduce has no counterpart: the compiler inserts it.",
    '`NamedSharding(mesh, P("data"))` splits the first axis, `NamedSharding(mesh, P())` puts the whole array on every device, '
    "and `jax.device_put(tree, sharding)` does it; `jax.jit(jax.grad(loss_fn))` is all that is left.",
    'jax.make_mesh((8,), ("data",), axis_types=(AxisType.Auto,)). dp_grads: params = jax.device_put(params, '
    "NamedSharding(mesh, P())); jax.jit(jax.grad(loss_fn))(params, x, y).",
)

WORDS = {
    "torch.distributed.device_mesh.init_device_mesh": "jax.make_mesh",
    "torch.distributed.tensor.distribute_tensor": "jax.device_put",
    "Shard(0)": 'P("data")',
    "Replicate()": "P()",
    "DistributedDataParallel": "NamedSharding",
}

OLDER = {
    "jax.pmap": "jax.shard_map",
    "jax.experimental.maps.xmap": "jax.shard_map",
    "jax.experimental.maps.Mesh": "jax.make_mesh",
    "jax.experimental.shard_map.shard_map": "jax.shard_map",
    "jax.experimental.pjit.pjit": "jax.jit",
    "jax.experimental.PartitionSpec": "jax.sharding.PartitionSpec",
    "jax.sharding.PositionalSharding": "jax.sharding.NamedSharding",
    "jax.interpreters.xla.DeviceArray": "jax.Array",
}


def in_flax(layer, what="data"):
    return {"kernel": getattr(layer.weight, what).T.clone(), "bias": getattr(layer.bias, what).clone()}


def mlp_in_flax(twin, what="data"):
    return {name: in_flax(layer, what) for name, layer in twin.named_children()}


SIZES = ((10, 16, 5), (6, 9, 8))  # in_dim, hidden, classes; 16 and 8 could be split over the devices


def some(n, in_dim, classes, left_out=False):
    """A batch of n samples; with `left_out`, some of the labels are -100, more
    on one device than on another, and one on each device is not.
    """
    x, y = torch.randn(n, in_dim), torch.randint(classes, (n,))
    if left_out:
        for i, part in enumerate(y.chunk(8)):
            part[: i % (n // 8)] = -100
    return x, y


def spread(tree, label):
    """What each device holds, from `inside.on_devices`; an empty list unless
    all eight hold something.
    """
    words = f"{label} {'is' if len(tree) == 1 else 'are'} on {len(tree)} of the 8 devices."
    return tree if expect(len(tree) == 8, f"where {label} is", words, len(tree)) else []


@pytest.fixture
def leaving(inside):
    """A function of the learner's that must leave its first argument as and
    where it is.
    """
    return lambda function, name: preserving(function, name, looks={"the number of devices": inside.devices_of})


@pytest.fixture
def grads(learner, inside, reference, leaving):
    """A function that returns the learner's gradients for a batch that we have
    sharded, and PyTorch's.
    """
    mesh = named(inside.mesh(), "mesh")

    def ask(n, in_dim, hidden, classes, left_out=False, diverged=False, sure=False):
        twin, (x, y) = reference.TorchMLP(in_dim, hidden, classes), some(n, in_dim, classes, left_out)
        twin.fc2.bias.data += 50 * torch.arange(classes) if sure else 0
        if diverged:
            twin.fc2.bias.data[0] = torch.nan
        batch = inside.split({"x": x, "y": y.int()}, mesh)
        mine = leaving(learner.dp_grads, "params")(mlp_in_flax(twin), named(batch["x"], "x"), named(batch["y"], "y"), mesh)
        reference.torch_grads(twin, x, y)
        return mine, mlp_in_flax(twin, "grad")

    return ask


def test_mesh(learner):
    """`mesh8` returns a mesh of all eight devices with one axis, "data"."""
    compare(learner.mesh8().shape, {"data": 8}, "mesh8().shape", reference="JAX")


@pytest.mark.points(2)
def test_shard(learner, inside, reference, leaving):
    """`shard` gives each device its eighth of the batch, in order, for any tree
    of arrays, and returns the same tree.
    """
    mesh = named(inside.mesh(), "mesh")
    x, y, images = torch.randn(48, 10), torch.arange(48).int(), torch.randint(256, (16, 3, 4, 2)).to(torch.uint8)
    trees = {"a dict of x and y": {"x": x, "y": y}, "an array of four axes": images}
    trees["a dict with a dict in it"] = {"inputs": {"x": x}, "y": y}
    trees["a tuple, a list and a dict"] = (y[:8], [x[:8], {"images": images[:8]}])
    for words, tree in trees.items():
        with when(f"for {words}"):
            batch = leaving(learner.shard, "batch")(tree, mesh)
            if compare(batch, tree, "shard(batch, mesh)", reference="the batch"):
                same_containers(fetch(batch), tree, "shard(batch, mesh)", "the batch")
                for i, mine in enumerate(spread(fetch(inside.on_devices(batch)), "the batch of shard(batch, mesh)")):
                    if not compare(mine, parts_on(reference, tree, i), f"the batch of shard(batch, mesh) on device {i}"):
                        break
    with when("for a NamedTuple"):
        batch = learner.shard(inside.Batch(x[:8], y[:8]), mesh)
        for name, part in {"x": batch.x, "y": batch.y}.items():
            compare(part, {"x": x, "y": y}[name][:8], f"shard(batch, mesh).{name}", reference="the batch")


def parts_on(reference, tree, device):
    """The part of each tensor of the tree on one device."""
    if isinstance(tree, dict):
        return {key: parts_on(reference, item, device) for key, item in tree.items()}
    if isinstance(tree, list | tuple):
        return [parts_on(reference, item, device) for item in tree]
    return reference.torch_parts(tree, 8)[device]


@pytest.mark.points(2)
def test_grads(grads):
    """`dp_grads` returns PyTorch's gradients of the whole batch, NaN where
    PyTorch's are, even for labels that the model takes for very unlikely.
    """
    for n, *sizes in each(((48, *SIZES[0]), (8, *SIZES[1])), "with {} samples, in_dim {}, hidden {} and {} classes"):
        compare(*grads(n, *sizes), "dp_grads(params, x, y, mesh)")
    with when("with logits that are far apart"):
        compare(*grads(8, *SIZES[1], sure=True), "dp_grads(params, x, y, mesh)")
    with when("with a NaN in params, as after a run that diverged"):
        compare(*grads(8, *SIZES[1], diverged=True), "dp_grads(params, x, y, mesh)")


@pytest.mark.points(2)
def test_left_out(grads):
    """`dp_grads` returns PyTorch's gradients even if more labels `y` are -100
    on one device than on another.
    """
    compare(*grads(48, *SIZES[0], left_out=True), "dp_grads(params, x, y, mesh) with labels of -100")


def test_on_all_devices(grads, inside):
    """Every device of the mesh has all of the gradients that `dp_grads`
    returns.
    """
    mine, theirs = grads(48, *SIZES[0])
    for i, tree in enumerate(spread(fetch(inside.on_devices(mine)), "the result of dp_grads(params, x, y, mesh)")):
        if not compare(tree, theirs, f"the gradients of dp_grads on device {i}"):
            break


def test_together(learner, reference):
    """`mesh8`, `shard` and `dp_grads` work together."""
    in_dim, _, classes = SIZES[0]
    twin, (x, y) = reference.TorchMLP(*SIZES[0]), some(48, in_dim, classes)
    mesh = named(learner.mesh8(), "mesh8()")
    batch = named(learner.shard({"x": x, "y": y.int()}, mesh), "batch")
    mine = learner.dp_grads(mlp_in_flax(twin), batch["x"], batch["y"], mesh)
    reference.torch_grads(twin, x, y)
    compare(mine, mlp_in_flax(twin, "grad"), 'dp_grads(params, batch["x"], batch["y"], mesh8())')
