"""A language model of PyTorch's own blocks and its port to Linen: right."""

# --- PyTorch ---
import torch


class Model(torch.nn.Module):
    """Tokens (batch, time) to logits; the head is the embedding."""

    def __init__(self):
        super().__init__()
        self.embed = torch.nn.Embedding(23, 16)
        self.position = torch.nn.Parameter(0.1 * torch.randn(12, 16))
        self.layers = torch.nn.ModuleList(
            torch.nn.TransformerEncoderLayer(16, 4, 40, 0.1, "gelu", batch_first=True, norm_first=True) for _ in range(2)
        )
        self.norm = torch.nn.LayerNorm(16)
        self.head = torch.nn.Linear(16, 23, bias=False)
        self.head.weight = self.embed.weight

    def forward(self, tokens):
        x = self.embed(tokens) + self.position[: tokens.shape[1]]
        mask = torch.nn.Transformer.generate_square_subsequent_mask(tokens.shape[1], dtype=x.dtype)
        for layer in self.layers:
            x = layer(x, src_mask=mask, is_causal=True)
        return self.head(self.norm(x))


def make_model():
    return Model()


def example_inputs(batch):
    return torch.randint(23, (batch, 9))


# --- JAX ---
import flax.linen as nn
import jax.numpy as jnp


class Attention(nn.Module):
    """torch.nn.MultiheadAttention's, with its names."""

    @nn.compact
    def __call__(self, x, train):
        def heads(name):
            y = nn.Dense(16, name=name)(x)
            return y.reshape(*y.shape[:-1], 4, 4)

        q, k, v = heads("q"), heads("k"), heads("v")
        scores = jnp.einsum("bqhd,bkhd->bhqk", q, k) / 2
        allowed = jnp.tril(jnp.ones(scores.shape[-2:], bool))
        weights = nn.softmax(jnp.where(allowed, scores, -jnp.inf))
        weights = nn.Dropout(0.1, deterministic=not train)(weights)
        y = jnp.einsum("bhqk,bkhd->bqhd", weights, v)
        return nn.Dense(16, name="out_proj")(y.reshape(x.shape))


class Layer(nn.Module):
    @nn.compact
    def __call__(self, x, train):
        def drop(y, name):
            return nn.Dropout(0.1, deterministic=not train, name=name)(y)

        y = nn.LayerNorm(epsilon=1e-5, name="norm1")(x)
        x = x + drop(Attention(name="self_attn")(y, train), "dropout1")
        y = nn.LayerNorm(epsilon=1e-5, name="norm2")(x)
        y = nn.gelu(nn.Dense(40, name="linear1")(y), approximate=False)
        y = nn.Dense(16, name="linear2")(drop(y, "dropout"))
        return x + drop(y, "dropout2")


class FlaxModel(nn.Module):
    @nn.compact
    def __call__(self, tokens, train):
        embed = nn.Embed(23, 16, name="embed")
        position = self.param("position", nn.initializers.zeros, (12, 16))
        x = embed(tokens) + position[: tokens.shape[1]]
        for i in range(2):
            x = Layer(name=f"layers_{i}")(x, train)
        x = nn.LayerNorm(epsilon=1e-5, name="norm")(x)
        return embed.attend(x)


def port(state_dict):
    w = {name: jnp.asarray(array) for name, array in state_dict.items()}

    def linear(name):
        return {"kernel": w[f"{name}.weight"].T, "bias": w[f"{name}.bias"]}

    def norm(name):
        return {"scale": w[f"{name}.weight"], "bias": w[f"{name}.bias"]}

    params = {"embed": {"embedding": w["embed.weight"]}, "position": w["position"], "norm": norm("norm")}
    for i in range(2):
        at = f"layers.{i}"
        kernels = jnp.split(w[f"{at}.self_attn.in_proj_weight"], 3)
        biases = jnp.split(w[f"{at}.self_attn.in_proj_bias"], 3)
        attention = {n: {"kernel": k.T, "bias": b} for n, k, b in zip("qkv", kernels, biases, strict=True)}
        params[f"layers_{i}"] = {
            "self_attn": attention | {"out_proj": linear(f"{at}.self_attn.out_proj")},
            **{n: linear(f"{at}.{n}") for n in ("linear1", "linear2")},
            **{n: norm(f"{at}.{n}") for n in ("norm1", "norm2")},
        }
    return {"params": params}


def forward(variables, tokens, train=False, key=None):
    return FlaxModel().apply(variables, tokens, train, rngs={"dropout": key} if train else None)
