"""The old way: a leading axis of devices, and all sums written out."""

import jax
import jax.numpy as jnp
from jax.sharding import AxisType, NamedSharding
from jax.sharding import PartitionSpec as P


def predict(params, x):
    hidden = jnp.tanh(x @ params["fc1"]["kernel"] + params["fc1"]["bias"])
    return hidden @ params["fc2"]["kernel"] + params["fc2"]["bias"]


def loss_fn(params, x, y):
    log_probs = jax.nn.log_softmax(predict(params, x))
    picked = log_probs * jax.nn.one_hot(y, log_probs.shape[-1])
    return -picked.sum() / (y != -100).sum()


def mesh8():
    return jax.make_mesh((8,), ("data",), axis_types=(AxisType.Auto,))


def shard(batch, mesh):
    return jax.device_put(batch, NamedSharding(mesh, P("data")))


def dp_grads(params, x, y, mesh):
    def one_device(params, x, y):
        count = (y != -100).sum()
        grads = jax.grad(lambda p: loss_fn(p, x, y) * count)(params)
        return jax.tree.map(lambda g: g / jax.lax.psum(count, "data"), jax.lax.psum(grads, "data"))

    step = jax.pmap(one_device, axis_name="data", in_axes=(None, 0, 0), out_axes=None, devices=mesh.devices.tolist())
    return step(params, x.reshape(8, -1, x.shape[-1]), y.reshape(8, -1))
