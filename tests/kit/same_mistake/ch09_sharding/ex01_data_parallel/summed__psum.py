"""DDP's all_reduce written out, and the division forgotten."""

import jax
import jax.numpy as jnp
from jax.sharding import Mesh, NamedSharding
from jax.sharding import PartitionSpec as P


def predict(params, x):
    hidden = jnp.tanh(x @ params["fc1"]["kernel"] + params["fc1"]["bias"])
    return hidden @ params["fc2"]["kernel"] + params["fc2"]["bias"]


def loss_fn(params, x, y):
    log_probs = jax.nn.log_softmax(predict(params, x))
    picked = log_probs * jax.nn.one_hot(y, log_probs.shape[-1])
    return -picked.sum() / (y != -100).sum()


def mesh8():
    return Mesh(jax.devices(), ("data",))


def shard(batch, mesh):
    return jax.device_put(batch, NamedSharding(mesh, P("data")))


def dp_grads(params, x, y, mesh):
    def one_device(params, x, y):
        return jax.lax.psum(jax.grad(loss_fn)(params, x, y), "data")

    batch = P("data")
    step = jax.shard_map(one_device, mesh=mesh, in_specs=(P(), batch, batch), out_specs=P(), check_vma=False)
    return jax.jit(step)(params, x, y)
