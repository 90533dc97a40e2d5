"""The claims in the text of 9.2, measured in processes of their own: this one
has one device, and is not distributed.
"""

import json
import os
import subprocess
import sys

import pytest
import torch

EIGHT = """
import json, jax
jax.config.update("jax_num_cpu_devices", 8)
import jax.numpy as jnp, numpy as np, optax
from jax.sharding import AxisType, NamedSharding, PartitionSpec as P

def raised(function, *args):
    try:
        function(*args)
    except Exception as error:
        return type(error).__name__

mesh = jax.make_mesh((8,), ("data",), axis_types=(AxisType.Auto,))
whole, rows, columns = (NamedSharding(mesh, spec) for spec in (P(), P("data"), P(None, "data")))
held = lambda a: [len(a.devices()), *a.addressable_shards[0].data.shape]
said = {"uneven": [raised(jax.device_put, jnp.zeros((6, 10)), s) for s in (rows, columns)]}

params = {"kernel": jnp.ones((16, 24)), "bias": jnp.ones(24)}
split, tx = jax.device_put(params, {"kernel": columns, "bias": whole}), optax.adamw(0.1)
for name, init in (("jit", jax.jit(tx.init)), ("alone", tx.init)):
    adam = init(split)[0]
    said[name] = [held(adam.mu["kernel"]), held(adam.nu["kernel"]), held(adam.count)]
shapes = jax.eval_shape(tx.init, split)[0]
said["eval_shape"] = [isinstance(shapes.mu["kernel"], jax.ShapeDtypeStruct), list(shapes.mu["kernel"].shape)]
places = jax.tree.map(lambda s: columns if s.shape == (16, 24) else whole, jax.eval_shape(tx.init, split))
said["out_shardings"] = held(jax.jit(tx.init, out_shardings=places)(split)[0].mu["kernel"])

def forward(params, x, keep=lambda a: a):
    return keep(jnp.tanh(x @ params["kernel"] + params["bias"]))

x = jax.device_put(jnp.ones((16, 16)), rows)
constraint = lambda a: jax.lax.with_sharding_constraint(a, rows)
put = lambda a: jax.device_put(a, rows)
run = lambda keep: held(jax.jit(lambda params, x: forward(params, x, keep))(split, x))
said["activations"] = {"free": run(lambda a: a), "put": run(put), "constraint": run(constraint)}
said["outside"] = held(constraint(jnp.ones((16, 16))))

@jax.jit
def step(params, x):
    grads = jax.grad(lambda params: jnp.mean(forward(params, x) ** 2))(params)
    return optax.apply_updates(params, grads)

said["bias"] = [held(split["bias"]), held(step(split, x)["bias"])]
give_away = jax.jit(lambda t: jax.tree.map(lambda a: a + 1, t), donate_argnums=0)
copied = jax.device_put(jax.tree.map(jnp.copy, params), {"kernel": columns, "bias": whole})
give_away(copied)
said["copied"] = [raised(np.asarray, params[name]) for name in ("kernel", "bias")]
give_away(split)
said["shared"] = [raised(np.asarray, params[name]) for name in ("kernel", "bias")]
print(json.dumps(said))
"""

FSDP = """
import json, torch
from torch.distributed.device_mesh import init_device_mesh
from torch.distributed.fsdp import fully_shard
from torch.distributed.tensor import Shard
from torch.testing._internal.distributed.fake_pg import FakeStore

def raised(function, *args, **kwargs):
    try:
        function(*args, **kwargs)
    except Exception as error:
        return type(error).__name__

said = []
for rank in range(8):
    torch.distributed.init_process_group("fake", rank=rank, world_size=8, store=FakeStore())
    mesh, model = init_device_mesh("cpu", (8,), mesh_dim_names=("data",)), torch.nn.Linear(64, 6)
    fully_shard(model, mesh=mesh)
    other = torch.nn.Linear(16, 6, bias=False)
    fully_shard(other, mesh=mesh, shard_placement_fn=lambda p: Shard(1))
    optimizer = torch.optim.AdamW(other.parameters())
    other.weight.grad = torch.zeros_like(other.weight)
    optimizer.step()
    state = optimizer.state[other.weight]
    moments = [list(state[name].to_local().shape) for name in ("exp_avg", "exp_avg_sq")]
    uneven = raised(fully_shard, torch.nn.Linear(10, 6, bias=False), mesh=mesh, shard_placement_fn=lambda p: Shard(1))
    said.append([model.weight.to_local().shape[0], list(other.weight.to_local().shape), moments, uneven])
    torch.distributed.destroy_process_group()
print(json.dumps(said))
"""


def said(program):
    env = os.environ | {"OMP_NUM_THREADS": "1", "JAX_PLATFORMS": "cpu"}
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, env=env, check=True, timeout=300)
    return json.loads(done.stdout.splitlines()[-1])


def test_the_claims_about_jax():
    """What becomes whole or split by itself, and what a donated state takes
    with it.
    """
    found = said(EIGHT)
    assert found["uneven"] == ["IndivisibleError"] * 2
    assert found["jit"] == [[1, 16, 24], [1, 16, 24], [1]]
    assert found["alone"] == [[8, 16, 3], [8, 16, 3], [1]]
    assert found["eval_shape"] == [True, [16, 24]]
    assert found["out_shardings"] == [8, 16, 3]
    assert found["activations"] == {"free": [8, 16, 3], "put": [8, 16, 3], "constraint": [8, 2, 24]}
    assert found["outside"] == [8, 2, 16]
    assert found["bias"] == [[8, 24], [8, 3]]
    assert (found["shared"], found["copied"]) == ([None, "RuntimeError"], [None, None])


@pytest.mark.skipif(not torch.distributed.is_available(), reason="this PyTorch is built without torch.distributed")
def test_the_claims_about_torch():
    """fully_shard splits dim 0, unevenly too, and another dim only evenly; the
    moments lie as the params do.
    """
    found = said(FSDP)
    assert [rows for rows, *_ in found] == [1] * 6 + [0] * 2
    assert [rest for _, *rest in found] == [[[6, 2], [[6, 2], [6, 2]], "NotImplementedError"]] * 8
