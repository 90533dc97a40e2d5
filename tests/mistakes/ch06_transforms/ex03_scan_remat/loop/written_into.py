import jax
import jax.numpy as jnp


def forward_scan(block, stacked, x):
    layers = jax.tree.leaves(stacked)[0].shape[0]
    outputs = jnp.zeros((layers, *x.shape))
    for i in range(layers):
        x = block(jax.tree.map(lambda leaf: leaf[i], stacked), x)
        outputs = outputs.at[i].set(x)
    return x, outputs


def stack(params):
    blocks = [params[f"blocks_{i}"] for i in range(len(params))]
    return jax.tree.map(lambda *leaves: jnp.stack(leaves), *blocks)


def forward_remat(block, stacked, x):
    block = jax.checkpoint(block, prevent_cse=False)

    def step(x, params):
        return (block(params, x), None)

    last, _ = jax.lax.scan(step, x, stacked)
    return last
