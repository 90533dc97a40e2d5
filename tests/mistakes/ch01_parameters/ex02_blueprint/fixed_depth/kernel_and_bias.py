import jax
import jax.numpy as jnp


def param_shapes(model, in_dim):
    params = jax.eval_shape(model.init, jax.random.key(0), jnp.ones((1, in_dim)))["params"]
    return {"params": {layer: {"kernel": a["kernel"].shape, "bias": a["bias"].shape} for layer, a in params.items()}}


def init_params(model, seed, in_dim):
    return model.init(jax.random.key(seed), jnp.ones((1, in_dim)))
