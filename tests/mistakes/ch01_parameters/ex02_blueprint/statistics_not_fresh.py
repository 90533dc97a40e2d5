"""A statistic beside the parameters is not what `init` gives it. Usually the
model ran once more after `init`, which updates its statistics, or each entry
got a number by its name, such as 1 for every `var`. What they begin with is up
to the model: return what `init` returns.
"""

import jax
import jax.numpy as jnp


def param_shapes(model, in_dim):
    return jax.eval_shape(model.init, jax.random.key(0), jnp.ones((1, in_dim)))


def init_params(model, seed, in_dim):
    x = jnp.ones((1, in_dim))
    variables = model.init(jax.random.key(seed), x)
    _, updated = model.apply(variables, x, mutable=[name for name in variables if name != "params"])
    return {**variables, **updated}
