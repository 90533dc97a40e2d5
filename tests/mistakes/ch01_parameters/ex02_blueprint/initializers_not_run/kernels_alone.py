import jax
import jax.numpy as jnp


def param_shapes(model, in_dim):
    return jax.eval_shape(model.init, jax.random.key(0), jnp.ones((1, in_dim)))


def init_params(model, seed, in_dim):
    key = jax.random.key(seed)

    def redrawn(leaf):
        return jax.nn.initializers.xavier_uniform()(key, leaf.shape) if leaf.ndim == 2 else leaf

    return jax.tree.map(redrawn, model.init(key, jnp.ones((1, in_dim))))
