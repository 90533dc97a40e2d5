import jax
import jax.numpy as jnp
import optax


def freeze(tx, layers):
    def labels(params):
        return {layer: {kind: "frozen" if layer in layers else kind for kind in inner} for layer, inner in params.items()}

    return optax.partition({"kernel": tx, "bias": tx, "frozen": optax.set_to_zero()}, labels)


def ema_start(params):
    return jax.tree.map(jnp.copy, params)


def ema(average, params, decay):
    return jax.tree.map(lambda a, p: decay * a + (1 - decay) * p, average, params)
