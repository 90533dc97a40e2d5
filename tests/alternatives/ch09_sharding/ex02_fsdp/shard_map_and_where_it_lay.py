"""`jax.shard_map` splits a batch, and the results lie where the params and the
optimizer state are found to lie.
"""

import math

import jax
import jax.numpy as jnp
import optax
from jax.sharding import NamedSharding
from jax.sharding import PartitionSpec as P


def predict(params, x, mesh):
    hidden = split_batch(jnp.tanh(x @ params["fc1"]["kernel"] + params["fc1"]["bias"]), mesh)
    logits = params["scale"] * (hidden @ params["fc2"]["kernel"] + params["fc2"]["bias"])
    return split_batch(logits, mesh)


def loss_fn(params, x, y, mesh):
    return optax.softmax_cross_entropy_with_integer_labels(predict(params, x, mesh), y).mean()


def shardings(tree, mesh, min_size=64):
    (name,) = mesh.axis_names
    devices = mesh.shape[name]

    def spec(shape):
        best, length = None, 0
        for axis, size in enumerate(shape):
            if size > length and size % devices == 0:
                best, length = axis, size
        if best is None or math.prod(shape) < min_size:
            return P()
        return P(*(name if axis == best else None for axis in range(len(shape))))

    leaves, structure = jax.tree.flatten(tree)
    return structure.unflatten([NamedSharding(mesh, spec(jnp.shape(leaf))) for leaf in leaves])


def split_batch(batch, mesh):
    rows = P(*mesh.axis_names)
    return jax.jit(jax.shard_map(lambda batch: batch, mesh=mesh, in_specs=rows, out_specs=rows))(batch)


def make_state(params, tx, mesh):
    state = jax.tree.map(jnp.copy, {"params": params, "opt_state": tx.init(params)})
    return jax.tree.map(jax.device_put, state, shardings(state, mesh))


def make_step(loss_fn, tx, mesh):
    def step(state, x, y):
        loss, grads = jax.value_and_grad(loss_fn)(state["params"], x, y)
        grads = jax.tree.map(jax.lax.with_sharding_constraint, grads, shardings(grads, mesh))
        updates, opt_state = tx.update(grads, state["opt_state"], state["params"])
        new = {"params": optax.apply_updates(state["params"], updates), "opt_state": opt_state}
        return jax.tree.map(jax.lax.with_sharding_constraint, new, shardings(new, mesh)), loss

    compiled = jax.jit(step, donate_argnums=(0,))
    return lambda state, x, y: compiled(state, *split_batch((x, y), mesh))
