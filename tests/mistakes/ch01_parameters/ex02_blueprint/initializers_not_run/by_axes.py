import jax
import jax.numpy as jnp


def param_shapes(model, in_dim):
    return jax.eval_shape(model.init, jax.random.key(0), jnp.ones((1, in_dim)))


def init_params(model, seed, in_dim):
    key = jax.random.key(seed)
    variables = model.init(key, jnp.ones((1, in_dim)))
    leaves, treedef = jax.tree.flatten(variables["params"])
    draw = jax.nn.initializers.lecun_normal()
    keys = jax.random.split(key, len(leaves))
    drawn = [draw(k, a.shape) if a.ndim >= 2 else jnp.zeros(a.shape) for k, a in zip(keys, leaves)]
    return {**variables, "params": treedef.unflatten(drawn)}
