"""The claims in the text of 9.1, measured in processes of their own: this one
has one device, and is not distributed.
"""

import json
import os
import subprocess
import sys

import fresh
import pytest
import torch

from flaxkata import catalog

EIGHT = """
import json, jax
jax.config.update("jax_num_cpu_devices", 8)
import jax.numpy as jnp, flax.linen as nn
from jax.sharding import AxisType, NamedSharding, PartitionSpec as P

def raised(function, *args):
    try:
        function(*args)
    except Exception as error:
        return type(error).__name__

said = {"devices": jax.device_count()}
said["later"] = raised(jax.config.update, "jax_num_cpu_devices", 4)
auto, explicit = jax.make_mesh((8,), ("data",), axis_types=(AxisType.Auto,)), jax.make_mesh((8,), ("data",))
said["default"] = [t.name for t in explicit.axis_types]
said["whole"] = jax.device_put(jnp.zeros((48, 10)), NamedSharding(auto, P())).addressable_shards[7].data.shape
said["second axis"] = jax.device_put(jnp.zeros((10, 48)), NamedSharding(auto, P(None, "data"))).addressable_shards[7].data.shape
said["60 samples"] = raised(jax.device_put, jnp.zeros(60), NamedSharding(auto, P("data")))

x, w = jax.random.normal(jax.random.key(0), (48, 10)), jnp.ones((10, 3))
grad = jax.grad(lambda w, x: jnp.mean(jnp.tanh(x @ w)))
right = grad(w, x)
ratio = lambda g: float(jnp.vdot(g, right) / jnp.vdot(right, right))
said["grad"] = {}
for name, mesh in (("auto", auto), ("explicit", explicit)):
    sharded, everywhere = jax.device_put(x, NamedSharding(mesh, P("data"))), jax.device_put(w, NamedSharding(mesh, P()))
    outside = raised(grad, everywhere, sharded)
    said["grad"][name] = [raised(jax.jit(grad), w, sharded), outside, ratio(jax.jit(grad)(everywhere, sharded))]
put, on_mesh = jax.device_put(w, jax.devices()[0]), jax.device_put(x, NamedSharding(auto, P("data")))
said["put on one"] = raised(jax.jit(grad), put, on_mesh)
with jax.set_mesh(explicit):
    said["set_mesh"] = [raised(jax.jit(grad), w, sharded), raised(grad, everywhere, sharded)]

specs = {"mesh": auto, "in_specs": (P(), P("data")), "out_specs": P()}
averaged = lambda w, x: jax.lax.pmean(grad(w, x), "data")
said["manual"] = [ratio(jax.jit(jax.shard_map(f, **specs))(w, x)) for f in (grad, averaged)]

norm = nn.BatchNorm(use_running_average=False)
variables = norm.init(jax.random.key(0), x)
normed = jax.jit(lambda x: norm.apply(variables, x, mutable=["batch_stats"])[0])
said["batch norm"] = float(abs(normed(jax.device_put(x, NamedSharding(auto, P("data")))) - normed(x)).max())
print(json.dumps(said))
"""

DDP = """
import json, os, sys, torch
import torch.nn.functional as F
torch.set_num_threads(1)
rank, folder = int(sys.argv[1]), sys.argv[2]
torch.distributed.init_process_group("gloo", init_method=f"file://{folder}/store", rank=rank, world_size=2)
torch.manual_seed(0)
model, x, y = torch.nn.Linear(4, 3), torch.randn(12, 4), torch.arange(12) % 3
y[:5] = -100

def grad(model, x, y, weight):
    model.zero_grad()
    F.cross_entropy(model(x), y).backward()
    return weight.grad.clone()

whole = grad(model, x, y, model.weight)
parts = [grad(model, *part, model.weight) for part in zip(x.chunk(2), y.chunk(2), strict=True)]
ddp = torch.nn.parallel.DistributedDataParallel(model)
mine = grad(ddp, x.chunk(2)[rank], y.chunk(2)[rank], model.weight)
print(json.dumps([torch.allclose(mine, sum(parts) / 2, atol=1e-6), torch.allclose(mine, whole, atol=1e-3)]), flush=True)
torch.distributed.barrier()
os._exit(0)  # gloo's threads have ended the process with SIGABRT when it left by itself
"""

DTENSOR = """
import json, torch
from torch.distributed.device_mesh import init_device_mesh
from torch.distributed.tensor import Replicate, Shard, distribute_tensor
from torch.testing._internal.distributed.fake_pg import FakeStore
torch.distributed.init_process_group("fake", rank=7, world_size=8, store=FakeStore())
mesh, x = init_device_mesh("cpu", (8,), mesh_dim_names=("data",)), torch.arange(48)
locals = [distribute_tensor(x, mesh, [p], src_data_rank=None).to_local() for p in (Shard(0), Replicate())]
print(json.dumps([torch.equal(locals[0], x.chunk(8)[7]), torch.equal(locals[1], x)]))
"""


def start(program, *arguments):
    env = os.environ | {"OMP_NUM_THREADS": "1", "JAX_PLATFORMS": "cpu"}
    command = [sys.executable, "-c", program, *map(str, arguments)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=env)


def said(process):
    out, _ = process.communicate(timeout=120)
    assert process.returncode == 0
    return json.loads(out.splitlines()[-1])


def test_the_claims_about_jax():
    """Eight devices, where things lie, what raises, and what is summed by
    itself.
    """
    found = said(start(EIGHT))
    assert (found["devices"], found["later"]) == (8, "RuntimeError")
    assert found["default"] == ["Explicit"]
    assert (found["whole"], found["second axis"]) == ([48, 10], [10, 6])
    assert found["60 samples"] == "IndivisibleError"
    explicit = ["ShardingTypeError", "ValueError", pytest.approx(1)]
    assert found["grad"] == {"auto": [None, None, pytest.approx(1)], "explicit": explicit}
    assert found["put on one"] == "ValueError"
    assert found["set_mesh"] == [None, None]
    assert found["manual"] == pytest.approx([8, 8], rel=1e-5)
    assert found["batch norm"] < 1e-5


@pytest.mark.skipif(not torch.distributed.is_available(), reason="this PyTorch is built without torch.distributed")
def test_the_claims_about_torch(tmp_path):
    """DDP averages the processes' gradients, which is not the whole batch's
    where they count differently; and DTensor.
    """
    both = [start(DDP, rank, tmp_path) for rank in (0, 1)]
    assert [said(process) for process in both] == [[True, False]] * 2
    assert said(start(DTENSOR)) == [True, True]


def test_the_table_names_what_there_is():
    """The calls of the table are those that are measured here, and in the
    checks.
    """
    (exercise,) = catalog.select(fresh.ROOT, ["9.1"])
    for call in ("init_device_mesh", "distribute_tensor", "[Shard(0)]", "[Replicate()]", 'mesh_dim_names=("data",)'):
        assert call in exercise.text and call.strip("[]") in DTENSOR
