import jax
import jax.numpy as jnp


def param_shapes(model, in_dim):
    return jax.eval_shape(model.init, jax.random.key(0), jnp.ones((1, in_dim)))


def init_params(model, seed, in_dim):
    key = jax.random.key(seed)

    def drawn(path, leaf):
        name = path[-1].key
        if name == "kernel":
            return jax.nn.initializers.glorot_normal()(key, leaf.shape)
        return jnp.ones(leaf.shape) if name in ("scale", "var") else jnp.zeros(leaf.shape)

    return jax.tree_util.tree_map_with_path(drawn, param_shapes(model, in_dim))
