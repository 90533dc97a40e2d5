"""NNX modules, whose parameters are replaced by those that are given."""

import jax.numpy as jnp
from flax import nnx


class Attention(nnx.Module):
    def __init__(self, width, heads, rngs):
        self.heads = heads
        self.c_attn = nnx.Linear(width, 3 * width, rngs=rngs)
        self.c_proj = nnx.Linear(width, width, rngs=rngs)

    def __call__(self, x):
        q, k, v = jnp.split(self.c_attn(x).reshape(*x.shape[:2], 3 * self.heads, -1), 3, axis=2)
        y = nnx.dot_product_attention(q, k, v, mask=jnp.tri(x.shape[1], dtype=bool))
        return self.c_proj(y.reshape(x.shape))


class MLP(nnx.Module):
    def __init__(self, width, rngs):
        self.c_fc = nnx.Linear(width, 4 * width, rngs=rngs)
        self.c_proj = nnx.Linear(4 * width, width, rngs=rngs)

    def __call__(self, x):
        return self.c_proj(nnx.gelu(self.c_fc(x), approximate=False))


class Block(nnx.Module):
    def __init__(self, width, heads, rngs):
        self.ln_1 = nnx.LayerNorm(width, epsilon=1e-5, rngs=rngs)
        self.attn = Attention(width, heads, rngs)
        self.ln_2 = nnx.LayerNorm(width, epsilon=1e-5, rngs=rngs)
        self.mlp = MLP(width, rngs)

    def __call__(self, x):
        x = x + self.attn(self.ln_1(x))
        return x + self.mlp(self.ln_2(x))


def block(params, x, heads):
    model = nnx.eval_shape(lambda: Block(x.shape[-1], heads, nnx.Rngs(0)))
    graph, state = nnx.split(model)
    state = nnx.from_flat_state([(path, leaf.replace(find(params, path))) for path, leaf in nnx.to_flat_state(state)])
    return nnx.merge(graph, state)(x)


def find(tree, path):
    for key in path:
        tree = tree[key]
    return tree
