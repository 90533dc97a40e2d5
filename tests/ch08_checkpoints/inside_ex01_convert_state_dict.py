"""What runs beside the learner's code for 8.1 convert_state_dict."""

from typing import Any

import flax.linen as nn
import jax
import jax.numpy as jnp
import numpy as np


class FlaxNet(nn.Module):
    """The exercise's FlaxNet."""

    vocab: int
    channels: int
    hidden: int
    blocks: int

    @nn.compact
    def __call__(self, ids: jax.Array) -> jax.Array:
        embed = nn.Embed(self.vocab, self.channels, name="embed")
        x = nn.Conv(self.hidden, (3,), padding=1, name="conv")(embed(ids))
        x = nn.BatchNorm(use_running_average=True, name="bn")(x)
        for i in range(self.blocks):
            x = x + nn.tanh(nn.Dense(self.hidden, name=f"blocks_{i}")(x))
        x = nn.LayerNorm(epsilon=1e-5, name="final_norm")(x)
        return embed.attend(nn.Dense(self.channels, name="proj")(x))


def fresh(vocab: int, channels: int, hidden: int, blocks: int) -> Any:
    """Variables as a jitted `init` returns them, with keys sorted as text, but
    drawn without compiling anything.
    """
    model = FlaxNet(vocab, channels, hidden, blocks)
    specs = jax.eval_shape(model.init, jax.random.key(0), jnp.zeros((1, 4), jnp.int32))
    draw = np.random.default_rng(0)

    def leaf(path: tuple, spec: jax.ShapeDtypeStruct) -> jax.Array:
        match path[-1].key:
            case "scale" | "var":
                return jnp.asarray(np.ones(spec.shape, np.float32))
            case "kernel" | "embedding":
                return jnp.asarray(draw.normal(0, 0.1, spec.shape).astype(np.float32))
        return jnp.asarray(np.zeros(spec.shape, np.float32))

    return jax.tree_util.tree_map_with_path(leaf, specs)


def held(tree: Any) -> Any:
    """A tree that stays here, to be looked at again."""
    return tree


def logits(variables: Any, ids: jax.Array) -> jax.Array:
    """FlaxNet's outputs with these variables."""
    params = variables["params"]
    hidden, channels = params["proj"]["kernel"].shape
    blocks = sum(layer.startswith("blocks_") for layer in params)
    model = FlaxNet(params["embed"]["embedding"].shape[0], channels, hidden, blocks)
    return jax.jit(model.apply)(variables, ids)
