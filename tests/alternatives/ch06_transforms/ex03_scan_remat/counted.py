"""A fori_loop with a fixed number of steps, which JAX turns into a scan;
jax.remat of the step, params and all.
"""

import jax
import jax.numpy as jnp


def stack(params):
    by_number = sorted(params.items(), key=lambda item: int(item[0].removeprefix("blocks_")))
    return jax.tree.map(lambda *leaves: jnp.array(leaves), *(block for _, block in by_number))


def forward_scan(block, stacked, x):
    layers = jax.tree.leaves(stacked)[0].shape[0]

    def step(i, state):
        x, outputs = state
        x = block(jax.tree.map(lambda leaf: leaf[i], stacked), x)
        return x, outputs.at[i].set(x)

    return jax.lax.fori_loop(0, layers, step, (x, jnp.zeros((layers, *x.shape), x.dtype)))


def forward_remat(block, stacked, x):
    @jax.remat
    def step(x, params):
        return block(params, x), None

    return jax.lax.scan(step, x, stacked)[0]
