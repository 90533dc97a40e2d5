import jax
import jax.numpy as jnp


def forward_remat(block, stacked, x):
    block = jax.checkpoint(block, policy=jax.checkpoint_policies.dots_with_no_batch_dims_saveable)

    def step(x, params):
        return block(params, x), None

    return jax.lax.scan(step, x, stacked)[0]


def stack(params):
    blocks = [params[f"blocks_{i}"] for i in range(len(params))]
    return jax.tree.map(lambda *leaves: jnp.stack(leaves), *blocks)


def forward_scan(block, stacked, x):

    def step(x, params):
        x = block(params, x)
        return (x, x)

    return jax.lax.scan(step, x, stacked)
