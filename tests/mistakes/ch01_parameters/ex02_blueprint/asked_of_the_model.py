"""The model was asked for its parameters, as `model.parameters()` in PyTorch. A
Flax model has none before and after `init`; it is a blueprint. Its variables
are what `model.init(key, x)` returns.
"""

import jax
import jax.numpy as jnp


def param_shapes(model, in_dim):
    return jax.tree.map(jnp.shape, model.params)


def init_params(model, seed, in_dim):
    return model.params
