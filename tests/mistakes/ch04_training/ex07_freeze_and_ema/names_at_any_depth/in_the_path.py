import jax
import jax.numpy as jnp
import optax


def freeze(tx, layers):
    def labels(params):
        return {
            layer: {name: "frozen" if layer in layers or name in layers else "trained" for name in inner}
            for layer, inner in params.items()
        }

    return optax.partition({"frozen": optax.set_to_zero(), "trained": tx}, labels)


def ema_start(params):
    return jax.tree.map(jnp.copy, params)


def ema(average, params, decay):
    return jax.tree.map(lambda a, p: decay * a + (1 - decay) * p, average, params)
