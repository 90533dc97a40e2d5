"""`param_shapes` raises an error for a layer inside a block. Usually nested
loops take the variables apart, one for each level that a simple model has. How
deep they are is up to the model. `jax.eval_shape` returns the nested dict
itself, and `jax.tree.map(lambda leaf: leaf.shape, shapes)` goes to any depth.
"""

import jax
import jax.numpy as jnp


def param_shapes(model, in_dim):
    variables = jax.eval_shape(model.init, jax.random.key(0), jnp.ones((1, in_dim)))
    return {
        "params": {layer: {name: leaf.shape for name, leaf in leaves.items()} for layer, leaves in variables["params"].items()}
    }


def init_params(model, seed, in_dim):
    return model.init(jax.random.key(seed), jnp.ones((1, in_dim)))
