import jax
import jax.numpy as jnp


def stack(params):
    names = sorted(params, key=lambda name: int(name.removeprefix("blocks_")))
    blocks = [params[name] for name in names]
    return jax.tree.map(lambda *leaves: jnp.stack(leaves), *blocks)


def forward_scan(block, stacked, x):
    layers = jax.tree.leaves(stacked)[0].shape[0]
    shape = jax.eval_shape(block, jax.tree.map(lambda a: a[0], stacked), x)
    outputs = jnp.zeros((layers, *shape.shape), shape.dtype)

    def step(i, carry):
        h, outputs = carry
        h = block(jax.tree.map(lambda a: a[i], stacked), h)
        return h, outputs.at[i].set(h)

    return jax.lax.fori_loop(0, layers, step, (x, outputs))


def forward_remat(block, stacked, x):
    block = jax.checkpoint(block)

    def remat_step(h, p):
        return block(p, h), None

    return jax.lax.scan(remat_step, x, stacked)[0]
