"""`param_shapes` lacks the arrays without axes. Their shape is `()`, which
Python takes for false, and usually an entry is kept only `if shape`. An empty
shape is a shape too; keep each.
"""

import jax
import jax.numpy as jnp


def param_shapes(model, in_dim):
    def shapes_of(tree):
        shapes = {}
        for name, value in tree.items():
            entry = shapes_of(value) if isinstance(value, dict) else value.shape
            if entry:
                shapes[name] = entry
        return shapes

    return shapes_of(jax.eval_shape(model.init, jax.random.key(0), jnp.ones((1, in_dim))))


def init_params(model, seed, in_dim):
    return model.init(jax.random.key(seed), jnp.ones((1, in_dim)))
