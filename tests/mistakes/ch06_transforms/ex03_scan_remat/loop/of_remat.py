import jax
import jax.numpy as jnp


def forward_remat(block, stacked, x):
    for i in range(jax.tree.leaves(stacked)[0].shape[0]):
        x = block(jax.tree.map(lambda leaf: leaf[i], stacked), x)
    return x


def stack(params):
    blocks = [params[f"blocks_{i}"] for i in range(len(params))]
    return jax.tree.map(lambda *leaves: jnp.stack(leaves), *blocks)


def forward_scan(block, stacked, x):

    def step(x, params):
        x = block(params, x)
        return (x, x)

    return jax.lax.scan(step, x, stacked)
