"""The layers are in the wrong order from the tenth on. `sorted` compares the
names as text, where "blocks_10" comes before "blocks_2", and a name's last
character is only its last digit. With ten blocks or fewer it would be right.
Sort by the number, or count: `params[f"blocks_{i}"]`.
"""

import jax
import jax.numpy as jnp


def stack(params):
    blocks = [params[name] for name in sorted(params)]
    return jax.tree.map(lambda *leaves: jnp.stack(leaves), *blocks)


def forward_scan(block, stacked, x):
    def step(x, params):
        x = block(params, x)
        return x, x

    return jax.lax.scan(step, x, stacked)


def forward_remat(block, stacked, x):
    block = jax.checkpoint(block)

    def step(x, params):
        return block(params, x), None

    return jax.lax.scan(step, x, stacked)[0]
