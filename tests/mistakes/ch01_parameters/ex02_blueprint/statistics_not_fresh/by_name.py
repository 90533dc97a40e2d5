import jax
import jax.numpy as jnp


def param_shapes(model, in_dim):
    return jax.eval_shape(model.init, jax.random.key(0), jnp.ones((1, in_dim)))


def fresh(path, leaf):
    return jnp.ones(leaf.shape) if path[-1].key == "var" else jnp.zeros(leaf.shape)


def init_params(model, seed, in_dim):
    variables = model.init(jax.random.key(seed), jnp.ones((1, in_dim)))
    others = {name: collection for name, collection in variables.items() if name != "params"}
    return {"params": variables["params"], **jax.tree_util.tree_map_with_path(fresh, others)}
