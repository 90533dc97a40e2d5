import jax
import jax.numpy as jnp


def param_shapes(model, in_dim):
    return {
        "params": {
            "Dense_0": {"kernel": (in_dim, model.hidden), "bias": (model.hidden,)},
            "Dense_1": {"kernel": (model.hidden, model.output_dim), "bias": (model.output_dim,)},
        }
    }


def init_params(model, seed, in_dim):
    return model.init(jax.random.key(seed), jnp.ones((1, in_dim)))
