"""Where results lie is said by `out_shardings` alone; the step is compiled at
its first call, when the state is there.
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
    def sharding(leaf):
        axes = [axis for axis, length in enumerate(leaf.shape) if length % mesh.size == 0]
        if not axes or leaf.size < min_size:
            return NamedSharding(mesh, P())
        longest = max(axes, key=lambda axis: leaf.shape[axis])
        return NamedSharding(mesh, P(*[None] * longest, *mesh.axis_names))

    return jax.tree.map(sharding, tree)


def split_batch(batch, mesh):
    return jax.jit(lambda batch: batch, out_shardings=NamedSharding(mesh, P(*mesh.axis_names)))(batch)


def make_state(params, tx, mesh):
    def both(params):
        params = jax.tree.map(jnp.copy, params)
        return {"params": params, "opt_state": tx.init(params)}

    return jax.jit(both, out_shardings=shardings(jax.eval_shape(both, params), mesh))(params)


def make_step(loss_fn, tx, mesh):
    def update(state, x, y):
        loss, grads = jax.value_and_grad(loss_fn)(state["params"], x, y)
        updates, opt_state = tx.update(grads, state["opt_state"], state["params"])
        return {"params": optax.apply_updates(state["params"], updates), "opt_state": opt_state}, loss

    compiled = None

    def step(state, x, y):
        nonlocal compiled
        if compiled is None:
            places = shardings(state, mesh), NamedSharding(mesh, P())
            compiled = jax.jit(update, donate_argnums=0, out_shardings=places)
        return compiled(state, x, y)

    return step
