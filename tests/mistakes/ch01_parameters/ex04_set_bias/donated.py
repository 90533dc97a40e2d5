"""The variables that you were given cannot be read afterwards: their memory was
given away. Usually a jitted helper donates them, with donate_argnums. The
caller of `set_bias` keeps the old variables, so leave the donation out.
"""

from functools import partial

import jax
import jax.numpy as jnp


@partial(jax.jit, static_argnums=1, donate_argnums=0)
def changed(variables, layer, value):
    params = variables["params"]
    bias = jnp.full_like(params[layer]["bias"], value)
    return {**variables, "params": {**params, layer: {**params[layer], "bias": bias}}}


def set_bias(variables, layer, value):
    return changed(variables, layer, value)
