"""The layers stacked, and one block run over them by lax.scan; tables indexed
by hand.
"""

import flax.linen as nn
import jax
import jax.numpy as jnp


class Attention(nn.Module):
    heads: int

    @nn.compact
    def __call__(self, x):
        batch, time, width = x.shape
        parts = jnp.split(nn.Dense(3 * width, name="c_attn")(x), 3, axis=-1)
        q, k, v = (part.reshape(batch, time, self.heads, -1) for part in parts)
        y = nn.dot_product_attention(q, k, v, mask=nn.make_causal_mask(x[..., 0]))
        return nn.Dense(width, name="c_proj")(y.reshape(batch, time, width))


class MLP(nn.Module):
    @nn.compact
    def __call__(self, x):
        width = x.shape[-1]
        x = nn.gelu(nn.Dense(4 * width, name="c_fc")(x), approximate=False)
        return nn.Dense(width, name="c_proj")(x)


class Block(nn.Module):
    heads: int

    @nn.compact
    def __call__(self, x):
        x = x + Attention(self.heads, name="attn")(nn.LayerNorm(epsilon=1e-5, name="ln_1")(x))
        return x + MLP(name="mlp")(nn.LayerNorm(epsilon=1e-5, name="ln_2")(x))


def logits(variables, tokens, heads):
    params = variables["params"]
    wte, wpe = (params[name]["embedding"] for name in ("wte", "wpe"))
    time = tokens.shape[1]
    if time > wpe.shape[0]:
        raise ValueError("the text is longer than the context")
    names = sorted((name for name in params if name.startswith("h_")), key=lambda name: int(name[2:]))
    stacked = jax.tree.map(lambda *leaves: jnp.stack(leaves), *(params[name] for name in names))
    block = Block(heads)
    x, _ = jax.lax.scan(lambda x, layer: (block.apply({"params": layer}, x), None), wte[tokens] + wpe[:time], stacked)
    x = nn.LayerNorm(epsilon=1e-5).apply({"params": params["ln_f"]}, x)
    return jnp.einsum("bte,ve->btv", x, wte)
