import jax
import jax.numpy as jnp
import optax


def freeze(tx, layers):
    def labels(params):
        return {layer: "frozen" if any(name in layer for name in layers) else "trained" for layer in params}

    return optax.partition({"frozen": optax.set_to_zero(), "trained": tx}, labels)


def ema_start(params):
    return jax.tree.map(jnp.copy, params)


def ema(average, params, decay):
    return jax.tree.map(lambda a, p: decay * a + (1 - decay) * p, average, params)
