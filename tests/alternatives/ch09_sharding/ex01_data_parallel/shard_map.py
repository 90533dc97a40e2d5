"""Manual: each device's mean, weighed by its share of the samples that
count.
"""

import jax
import jax.numpy as jnp
import numpy as np
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
    return Mesh(np.array(jax.devices()), ("data",))


def shard(batch, mesh):
    sharding = NamedSharding(mesh, P("data"))
    return jax.tree.map(lambda a: jax.make_array_from_process_local_data(sharding, np.asarray(a)), batch)


def dp_grads(params, x, y, mesh):
    def loss(params, x, y):
        count = (y != -100).sum()
        return jax.lax.psum(loss_fn(params, x, y) * count / jax.lax.psum(count, "data"), "data")

    specs = (P(), P("data"), P("data"))
    return jax.grad(jax.jit(jax.shard_map(loss, mesh=mesh, in_specs=specs, out_specs=P())))(params, x, y)
