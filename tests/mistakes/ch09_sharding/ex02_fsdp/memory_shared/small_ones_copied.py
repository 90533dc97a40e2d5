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
    def sharding(leaf):
        axes = [axis for axis, length in enumerate(leaf.shape) if length % mesh.size == 0]
        if not axes or leaf.size < min_size:
            return NamedSharding(mesh, P())
        longest = max(axes, key=lambda axis: leaf.shape[axis])
        return NamedSharding(mesh, P(*[None] * longest, *mesh.axis_names))

    return jax.tree.map(sharding, tree)


def split_batch(batch, mesh):
    return jax.lax.with_sharding_constraint(batch, NamedSharding(mesh, P(*mesh.axis_names)))


def make_state(params, tx, mesh):
    params = jax.device_put(jax.tree.map(lambda p: jnp.copy(p) if p.size < 64 else p, params), shardings(params, mesh))
    places = shardings(jax.eval_shape(tx.init, params), mesh)
    return {"params": params, "opt_state": jax.jit(tx.init, out_shardings=places)(params)}


def make_step(loss_fn, tx, mesh):
    def step(state, x, y):
        x, y = split_batch((x, y), mesh)
        loss, grads = jax.value_and_grad(loss_fn)(state["params"], x, y)
        updates, opt_state = tx.update(grads, state["opt_state"], state["params"])
        state = {"params": optax.apply_updates(state["params"], updates), "opt_state": opt_state}
        return jax.lax.with_sharding_constraint(state, shardings(state, mesh)), loss

    return jax.jit(step, donate_argnums=0)
