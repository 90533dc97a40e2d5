import jax
import jax.numpy as jnp
import optax


def freeze(tx, layers):
    frozen = {layer: layer in layers for layer in ("fc1", "fc2", "fc10")}
    return optax.chain(tx, optax.masked(optax.set_to_zero(), frozen))


def ema_start(params):
    return jax.tree.map(jnp.copy, params)


def ema(average, params, decay):
    return jax.tree.map(lambda a, p: decay * a + (1 - decay) * p, average, params)
