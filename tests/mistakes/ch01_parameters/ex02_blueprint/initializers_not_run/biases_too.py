import jax
import jax.numpy as jnp


def param_shapes(model, in_dim):
    return jax.eval_shape(model.init, jax.random.key(0), jnp.ones((1, in_dim)))


def init_params(model, seed, in_dim):
    key = jax.random.key(seed)

    def redrawn(path, leaf):
        if path[-1].key == "kernel":
            return jax.nn.initializers.he_normal()(key, leaf.shape)
        return 0.01 * jax.random.normal(key, leaf.shape) if path[-1].key == "bias" else leaf

    return jax.tree_util.tree_map_with_path(redrawn, model.init(key, jnp.ones((1, in_dim))))
