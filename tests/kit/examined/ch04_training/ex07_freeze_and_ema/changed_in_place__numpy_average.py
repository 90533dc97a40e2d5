import jax
import jax.numpy as jnp
import numpy as np
import optax


def freeze(tx, layers):
    def labels(params):
        return {layer: "frozen" if layer in layers else "trained" for layer in params}

    return optax.partition({"trained": tx, "frozen": optax.set_to_zero()}, labels)


def ema_start(params):
    return jax.tree.map(np.array, params)


def ema(average, params, decay):
    def mix(a, p):
        a *= decay
        a += (1 - decay) * np.asarray(p)
        return jnp.array(a)

    return jax.tree.map(mix, average, params)
