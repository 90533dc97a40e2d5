import jax
import jax.numpy as jnp
import optax


def freeze(tx, layers):
    return optax.set_to_zero()


def ema_start(params):
    return jax.tree.map(jnp.copy, params)


def ema(average, params, decay):
    return jax.tree.map(lambda a, p: decay * a + (1 - decay) * p, average, params)
