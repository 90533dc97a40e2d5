"""What the model sows is among the variables, as a collection "intermediates".
Usually `init` was called with `mutable=True`, or the model was run by `apply`
with it. Those are numbers of one pass and no part of the model, and the next
pass adds to them. Call `init` without `mutable`: it leaves them out.
"""

import jax
import jax.numpy as jnp


def param_shapes(model, in_dim):
    return jax.eval_shape(lambda key, x: model.init(key, x, mutable=True), jax.random.key(0), jnp.ones((1, in_dim)))


def init_params(model, seed, in_dim):
    return model.init(jax.random.key(seed), jnp.ones((1, in_dim)), mutable=True)
