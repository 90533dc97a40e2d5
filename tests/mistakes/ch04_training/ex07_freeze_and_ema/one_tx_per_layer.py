"""The layers are not trained together: each of them, each parameter, or all
biases and all kernels get a tx of their own. A tx that looks at all gradients,
as `optax.clip_by_global_norm` does, then sees a part of them, and clips each
part to the whole norm. Give all layers that are trained to one tx.
"""

import jax
import jax.numpy as jnp
import optax


def freeze(tx, layers):
    def init(params):
        return {layer: tx.init(inner) for layer, inner in params.items() if layer not in layers}

    def update(grads, state, params):
        updates, new_state = jax.tree.map(jnp.zeros_like, grads), {}
        for layer in state:
            updates[layer], new_state[layer] = tx.update(grads[layer], state[layer], params[layer])
        return updates, new_state

    return optax.GradientTransformation(init, update)


def ema_start(params):
    return jax.tree.map(jnp.copy, params)


def ema(average, params, decay):
    return jax.tree.map(lambda a, p: decay * a + (1 - decay) * p, average, params)
