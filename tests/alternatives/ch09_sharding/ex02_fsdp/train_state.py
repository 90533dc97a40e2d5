"""A TrainState inside, and whole leaves found by
`jax.tree_util.tree_map_with_path`.
"""

import jax
import jax.numpy as jnp
import numpy as np
import optax
from flax.training.train_state import TrainState
from jax.sharding import NamedSharding
from jax.sharding import PartitionSpec as P


def predict(params, x, mesh):
    hidden = split_batch(jnp.tanh(x @ params["fc1"]["kernel"] + params["fc1"]["bias"]), mesh)
    logits = params["scale"] * (hidden @ params["fc2"]["kernel"] + params["fc2"]["bias"])
    return split_batch(logits, mesh)


def loss_fn(params, x, y, mesh):
    return optax.softmax_cross_entropy_with_integer_labels(predict(params, x, mesh), y).mean()


def shardings(tree, mesh, min_size=64):
    def rule(path, leaf):
        lengths = [length if length % mesh.size == 0 else 0 for length in leaf.shape]
        if max(lengths, default=0) == 0 or np.prod(leaf.shape) < min_size:
            return NamedSharding(mesh, P())
        names = [None] * leaf.ndim
        names[int(np.argmax(lengths))] = mesh.axis_names[0]
        return NamedSharding(mesh, P(*names))

    return jax.tree_util.tree_map_with_path(rule, tree)


def split_batch(batch, mesh):
    return jax.lax.with_sharding_constraint(batch, NamedSharding(mesh, P(*mesh.axis_names)))


def make_state(params, tx, mesh):
    params = jax.device_put(jax.tree.map(jnp.copy, params), shardings(params, mesh))
    places = shardings(jax.eval_shape(tx.init, params), mesh)
    return {"params": params, "opt_state": jax.jit(tx.init, out_shardings=places)(params)}


def make_step(loss_fn, tx, mesh):
    @jax.jit
    def grads_of(params, x, y):
        return jax.value_and_grad(loss_fn)(params, x, y)

    def step(state, x, y):
        loss, grads = grads_of(state["params"], x, y)
        held = TrainState(step=0, apply_fn=None, tx=tx, **state).apply_gradients(grads=grads)
        state = {"params": held.params, "opt_state": held.opt_state}
        return jax.lax.with_sharding_constraint(state, shardings(state, mesh)), loss

    return jax.jit(step, donate_argnums=0)
