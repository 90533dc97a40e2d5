"""An array that the model makes in the dtype of its input is of whole numbers.
So was the example. Only its values and its batch size do not matter; its dtype
does, where a model asks for it. Pass a float32 example, such as
`jnp.ones((1, in_dim))`.
"""

import jax
import jax.numpy as jnp


def param_shapes(model, in_dim):
    return jax.eval_shape(model.init, jax.random.key(0), jax.ShapeDtypeStruct((1, in_dim), jnp.int32))


def init_params(model, seed, in_dim):
    return model.init(jax.random.key(seed), jnp.ones((1, in_dim)))
