import jax
import jax.numpy as jnp
import optax


def freeze(tx, layers):
    frozen = optax.masked(optax.set_to_zero(), lambda params: {layer: layer not in layers for layer in params})
    return optax.chain(tx, frozen)


def ema_start(params):
    return jax.tree.map(jnp.copy, params)


def ema(average, params, decay):
    return jax.tree.map(lambda a, p: decay * a + (1 - decay) * p, average, params)
