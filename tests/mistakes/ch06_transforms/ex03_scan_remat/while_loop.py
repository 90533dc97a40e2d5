"""Forward, the numbers are right, and jax.grad raises an error. JAX cannot go
backward through a while_loop, since it does not know for how many steps to keep
values. A scan knows, from the length of the first axis.
"""

import jax
import jax.numpy as jnp


def stack(params):
    blocks = [params[f"blocks_{i}"] for i in range(len(params))]
    return jax.tree.map(lambda *leaves: jnp.stack(leaves), *blocks)


def forward_scan(block, stacked, x):
    layers = jax.tree.leaves(stacked)[0].shape[0]

    def unfinished(state):
        return state[0] < layers

    def step(state):
        i, x, outputs = state
        x = block(jax.tree.map(lambda leaf: leaf[i], stacked), x)
        return i + 1, x, outputs.at[i].set(x)

    outputs = jnp.zeros((layers, *x.shape))
    return jax.lax.while_loop(unfinished, step, (0, x, outputs))[1:]


def forward_remat(block, stacked, x):
    block = jax.checkpoint(block)

    def step(x, params):
        return block(params, x), None

    return jax.lax.scan(step, x, stacked)[0]
