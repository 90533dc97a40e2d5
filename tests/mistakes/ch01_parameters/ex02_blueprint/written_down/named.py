import jax
import jax.numpy as jnp


def param_shapes(model, in_dim):
    return {
        "params": {
            "fc1": {"kernel": (in_dim, 128), "bias": (128,)},
            "fc2": {"kernel": (128, 3), "bias": (3,)},
        }
    }


def init_params(model, seed, in_dim):
    return model.init(jax.random.key(seed), jnp.ones((1, in_dim)))
