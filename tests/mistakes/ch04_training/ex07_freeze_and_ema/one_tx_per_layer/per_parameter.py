import jax
import jax.numpy as jnp
import optax


def freeze(tx, layers):
    def init(params):
        return {n: {k: tx.init(p) for k, p in inner.items()} for n, inner in params.items() if n not in layers}

    def update(grads, state, params):
        updates, new_state = jax.tree.map(jnp.zeros_like, grads), {}
        for layer, inner in state.items():
            new_state[layer] = {}
            for k, s in inner.items():
                updates[layer][k], new_state[layer][k] = tx.update(grads[layer][k], s, params[layer][k])
        return updates, new_state

    return optax.GradientTransformation(init, update)


def ema_start(params):
    return jax.tree.map(jnp.copy, params)


def ema(average, params, decay):
    return jax.tree.map(lambda a, p: decay * a + (1 - decay) * p, average, params)
