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
    if isinstance(batch, dict):
        return {name: shard(part, mesh) for name, part in batch.items()}
    if isinstance(batch, list):
        return [shard(part, mesh) for part in batch]
    if isinstance(batch, tuple):
        return tuple(shard(part, mesh) for part in batch)
    return jax.device_put(batch, NamedSharding(mesh, P("data")))


def dp_grads(params, x, y, mesh):
    params = jax.device_put(params, NamedSharding(mesh, P()))
    return jax.jit(jax.grad(loss_fn))(params, x, y)
