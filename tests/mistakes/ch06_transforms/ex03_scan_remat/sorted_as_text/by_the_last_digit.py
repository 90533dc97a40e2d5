import jax
import jax.numpy as jnp


def stack(params):
    blocks = [params[name] for name in sorted(params, key=lambda name: int(name[-1]))]
    return jax.tree.map(lambda *leaves: jnp.stack(leaves), *blocks)


def forward_scan(block, stacked, x):

    def step(x, params):
        x = block(params, x)
        return (x, x)

    return jax.lax.scan(step, x, stacked)


def forward_remat(block, stacked, x):
    block = jax.checkpoint(block, prevent_cse=False)

    def step(x, params):
        return (block(params, x), None)

    last, _ = jax.lax.scan(step, x, stacked)
    return last
