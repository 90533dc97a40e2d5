import jax
import jax.numpy as jnp


def stack(params):
    blocks = [params[f"blocks_{i}"] for i in range(len(params))]
    return jax.tree.map(lambda *leaves: jnp.stack(leaves), *blocks)


def forward_scan(block, stacked, x):
    first = block(jax.tree.map(lambda leaf: leaf[0], stacked), x)

    def step(x, params):
        x = block(params, x)
        return x, x

    last, outputs = jax.lax.scan(step, first, jax.tree.map(lambda leaf: leaf[1:], stacked))
    return last, jnp.concatenate([first[None], outputs])


def forward_remat(block, stacked, x):
    block = jax.checkpoint(block)

    def step(x, params):
        return block(params, x), None

    return jax.lax.scan(step, x, stacked)[0]
