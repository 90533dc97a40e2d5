import jax
import jax.numpy as jnp


def stack(params):
    names = sorted(params, key=lambda name: int(name.removeprefix("blocks_")))
    blocks = [params[name] for name in names]
    return jax.tree.map(lambda *leaves: jnp.stack(leaves), *blocks)


def forward_scan(block, stacked, x):

    def step(h, p):
        h = block(p, h)
        return h, h

    return jax.lax.scan(step, x, stacked)


def forward_remat(block, stacked, x):
    layers = jax.tree.leaves(stacked)[0].shape[0]
    size = 2 if layers % 2 == 0 else 1
    segments = jax.tree.map(lambda a: a.reshape(layers // size, size, *a.shape[1:]), stacked)

    @jax.checkpoint
    def segment(p, h):
        return jax.lax.scan(lambda h, p: (block(p, h), None), h, p)[0]

    return jax.lax.scan(lambda h, p: (segment(p, h), None), x, segments)[0]
