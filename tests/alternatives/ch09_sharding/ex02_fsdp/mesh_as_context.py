"""The mesh is the context, and specs without a mesh of their own say where
things lie.
"""

from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
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
    def sharding(leaf):
        axes = [axis for axis, length in enumerate(leaf.shape) if length % mesh.size == 0]
        if not axes or leaf.size < min_size:
            return NamedSharding(mesh, P())
        longest = max(axes, key=lambda axis: leaf.shape[axis])
        return NamedSharding(mesh, P(*[None] * longest, *mesh.axis_names))

    return jax.tree.map(sharding, tree)


def split_batch(batch, mesh):
    with mesh:
        return jax.lax.with_sharding_constraint(batch, P(mesh.axis_names))


def make_state(params, tx, mesh):
    copies = jax.tree.map(np.array, params)
    opt_state = tx.init(params)
    places = shardings({"params": params, "opt_state": opt_state}, mesh)
    return jax.tree.map(jax.device_put, {"params": copies, "opt_state": opt_state}, places)


def make_step(loss_fn, tx, mesh):
    @partial(jax.jit, donate_argnames="state")
    def update(state, x, y):
        loss, pullback = jax.vjp(lambda params: loss_fn(params, x, y), state["params"])
        (grads,) = pullback(jnp.ones_like(loss))
        updates, opt_state = tx.update(grads, state["opt_state"], state["params"])
        params = jax.tree.map(jnp.add, state["params"], updates)
        return place({"params": params, "opt_state": opt_state}), loss

    def place(state):
        leaves, structure = jax.tree.flatten(state)
        places = jax.tree.leaves(shardings(state, mesh))
        return structure.unflatten([jax.lax.with_sharding_constraint(a, s) for a, s in zip(leaves, places, strict=True)])

    return update
