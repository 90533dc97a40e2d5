"""`make_state` raises an error for an optimizer whose arrays have other shapes
than params. Usually each moment is placed where its param lies. Ask `shardings`
about the optimizer state itself: jax.eval_shape(tx.init, params) has its
shapes.
"""

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

    def place(array):
        axes = [axis for axis, size in enumerate(array.shape) if size % mesh.size == 0]
        if not axes or array.size < min_size:
            return NamedSharding(mesh, P())
        longest = max(axes, key=lambda axis: array.shape[axis])
        return NamedSharding(mesh, P(*[None] * longest, name))

    return jax.tree.map(place, tree)


def split_batch(batch, mesh):
    sharding = NamedSharding(mesh, P(*mesh.axis_names))

    def split(array):
        if isinstance(array, jax.core.Tracer):
            return jax.lax.with_sharding_constraint(array, sharding)
        return jax.device_put(array, sharding)

    return jax.tree.map(split, batch)


def make_state(params, tx, mesh):
    params = jax.tree.map(jnp.copy, params)
    params = jax.device_put(params, shardings(params, mesh))
    places = optax.tree_utils.tree_map_params(
        tx,
        lambda _, sharding: sharding,
        jax.eval_shape(tx.init, params),
        shardings(params, mesh),
        transform_non_params=lambda _: NamedSharding(mesh, P()),
    )

    def init(params):
        return jax.tree.map(jnp.copy, tx.init(params))

    return {"params": params, "opt_state": jax.jit(init, out_shardings=places)(params)}


def make_step(loss_fn, tx, mesh):

    def step(state, x, y):
        x, y = split_batch((x, y), mesh)
        loss, grads = jax.value_and_grad(loss_fn)(state["params"], x, y)
        updates, opt_state = tx.update(grads, state["opt_state"], state["params"])
        new = {"params": optax.apply_updates(state["params"], updates), "opt_state": opt_state}
        return (jax.lax.with_sharding_constraint(new, shardings(new, mesh)), loss)

    return jax.jit(step, donate_argnums=0)
