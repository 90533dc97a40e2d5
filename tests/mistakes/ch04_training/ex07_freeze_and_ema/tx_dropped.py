"""No layer is trained as tx would: the optimizer that is returned does not use
tx, or hands on the gradients of the other layers as they are. Give the other
layers to tx, with `optax.partition`, or chain tx and the masked
`optax.set_to_zero()`.
"""

import jax
import jax.numpy as jnp
import optax


def freeze(tx, layers):
    return optax.masked(optax.set_to_zero(), lambda params: {layer: layer in layers for layer in params})


def ema_start(params):
    return jax.tree.map(jnp.copy, params)


def ema(average, params, decay):
    return jax.tree.map(lambda a, p: decay * a + (1 - decay) * p, average, params)
