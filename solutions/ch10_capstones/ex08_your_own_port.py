"""10.8 your_own_port: A port of your own, layer by layer

Here is a module that this course has not shown, with its state_dict: port all
of it. Its blocks are those of ConvNeXt V2, and what joins its stages is Swin
Transformer's. Each has its own habits, as code in the wild does. All that you
need to know is in the PyTorch section; read every line of it.

When a port is wrong, the output shows it, but does not show where. So look at
what is computed on the way there. In PyTorch, a forward hook receives what a
submodule returns, as in `torch_activations` below. Flax keeps it on request:

    y, state = model.apply(variables, x, capture_intermediates=True,
                           mutable=["intermediates"])
    state["intermediates"]["stages_0_0"]["dwconv"]["__call__"][0]

is the output of the layer "dwconv" in the module "stages_0_0". Every module has
such an entry; the model's own is beside them, under "__call__". Compare both
sides in the order of computation. The first layer that differs is where the
mistake is; the layers after it differ as well, and tell you nothing.

This needs weights that hide nothing. A fresh GRN returns its input, whatever it
computes from it. A fresh LayerNorm has scales of 1 and biases of 0, and one
that ignores them looks just as good. The checks use weights as after training,
and also some that keep the maps so small that each epsilon counts. Two more
habits help: look up the defaults of each function on both sides (of `nn.gelu`
as well), and mistrust every reshape.

Write `port` and `forward`, with modules or without. The checks name the first
layer that differs, with the layers around it. They run `forward` under
`jax.jit`, and also differentiate its logits with respect to the images; not
where a map is all zeros, since `jnp.linalg.norm` has NaN for its gradient there
and PyTorch's has 0.

After 5.1, 5.3 and 10.6. About 60 minutes.

https://flax-linen.readthedocs.io/en/latest/guides/model_inspection/extracting_intermediates.html
"""

# --- PyTorch ---
import torch


class PatchEmbed(torch.nn.Module):
    """(batch, 3, height, width) to (batch, height / 4, width / 4, dim)."""

    def __init__(self, dim: int):
        super().__init__()
        self.proj = torch.nn.Conv2d(3, dim, kernel_size=4, stride=4)
        self.norm = torch.nn.LayerNorm(dim)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.norm(self.proj(x).permute(0, 2, 3, 1))


class GRN(torch.nn.Module):
    """Global response normalization."""

    def __init__(self, dim: int):
        super().__init__()
        self.gamma = torch.nn.Parameter(torch.zeros(1, 1, 1, dim))
        self.beta = torch.nn.Parameter(torch.zeros(1, 1, 1, dim))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        response = torch.linalg.vector_norm(x, dim=(1, 2), keepdim=True)
        response = response / (response.mean(dim=-1, keepdim=True) + 1e-6)
        return self.gamma * (x * response) + self.beta + x


class Block(torch.nn.Module):
    def __init__(self, dim: int):
        super().__init__()
        self.dwconv = torch.nn.Conv2d(dim, dim, kernel_size=5, padding=2, groups=dim)
        self.norm = torch.nn.LayerNorm(dim, eps=1e-6)
        self.pwconv1 = torch.nn.Linear(dim, 4 * dim)
        self.act = torch.nn.GELU()
        self.grn = GRN(4 * dim)
        self.pwconv2 = torch.nn.Linear(4 * dim, dim)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y = self.dwconv(x.permute(0, 3, 1, 2)).permute(0, 2, 3, 1)
        y = self.pwconv1(self.norm(y))
        return x + self.pwconv2(self.grn(self.act(y)))


class PatchMerging(torch.nn.Module):
    """Four neighbors become one, and a Linear mixes their channels."""

    def __init__(self, in_dim: int, dim: int):
        super().__init__()
        self.norm = torch.nn.LayerNorm(4 * in_dim)
        self.reduction = torch.nn.Linear(4 * in_dim, dim, bias=False)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x0 = x[:, 0::2, 0::2]
        x1 = x[:, 1::2, 0::2]
        x2 = x[:, 0::2, 1::2]
        x3 = x[:, 1::2, 1::2]
        return self.reduction(self.norm(torch.cat([x0, x1, x2, x3], dim=-1)))


class TorchNet(torch.nn.Module):
    """Images (batch, 3, height, width) to logits (batch, 10)."""

    def __init__(self):
        super().__init__()
        self.patch_embed = PatchEmbed(6)
        self.stages = torch.nn.ModuleList(
            [torch.nn.Sequential(Block(6), Block(6)), torch.nn.Sequential(Block(10))],
        )
        self.merge = PatchMerging(6, 10)
        self.norm = torch.nn.LayerNorm(10, eps=1e-6)
        self.head = torch.nn.Linear(10, 10)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = self.stages[0](self.patch_embed(x))
        x = self.stages[1](self.merge(x))
        return self.head(self.norm(x.mean(dim=(1, 2))))


def torch_activations(model: TorchNet, x: torch.Tensor) -> dict[str, torch.Tensor]:
    """What each submodule returns, by its name, in the order in which they
    finish; channels last.
    """
    found = {}

    def keep(name):
        def hook(module, args, output):
            output = output.detach()
            found[name] = output.permute(0, 2, 3, 1) if isinstance(module, torch.nn.Conv2d) else output

        return hook

    without = (TorchNet, torch.nn.GELU, torch.nn.Sequential, torch.nn.ModuleList)
    modules = [(name, module) for name, module in model.named_modules() if not isinstance(module, without)]
    hooks = [module.register_forward_hook(keep(name)) for name, module in modules]
    model(x)
    for hook in hooks:
        hook.remove()
    return found


# --- JAX ---
import re
from typing import Any

import flax.linen as nn
import jax
import jax.numpy as jnp
import numpy as np
from flax import traverse_util

# <solution>
# The names are PyTorch's, with "_" before a number where PyTorch has ".".
# The epsilons are each PyTorch module's own.


class FlaxPatchEmbed(nn.Module):
    dim: int

    @nn.compact
    def __call__(self, x: jax.Array) -> jax.Array:
        x = nn.Conv(self.dim, (4, 4), strides=4, padding=0, name="proj")(x)
        return nn.LayerNorm(epsilon=1e-5, use_fast_variance=False, name="norm")(x)


class FlaxGRN(nn.Module):
    @nn.compact
    def __call__(self, x: jax.Array) -> jax.Array:
        shape = (1, 1, 1, x.shape[-1])
        gamma = self.param("gamma", nn.initializers.zeros, shape)
        beta = self.param("beta", nn.initializers.zeros, shape)
        response = jnp.linalg.norm(x, axis=(1, 2), keepdims=True)
        response = response / (response.mean(-1, keepdims=True) + 1e-6)
        return gamma * (x * response) + beta + x


class FlaxBlock(nn.Module):
    @nn.compact
    def __call__(self, x: jax.Array) -> jax.Array:
        dim = x.shape[-1]
        y = nn.Conv(dim, (5, 5), padding=2, feature_group_count=dim, name="dwconv")(x)
        y = nn.LayerNorm(epsilon=1e-6, use_fast_variance=False, name="norm")(y)
        y = nn.gelu(nn.Dense(4 * dim, name="pwconv1")(y), approximate=False)
        return x + nn.Dense(dim, name="pwconv2")(FlaxGRN(name="grn")(y))


class FlaxPatchMerging(nn.Module):
    dim: int

    @nn.compact
    def __call__(self, x: jax.Array) -> jax.Array:
        # Down first, then to the right: not the order of a reshape.
        parts = [x[:, row::2, column::2] for column in (0, 1) for row in (0, 1)]
        x = jnp.concatenate(parts, axis=-1)
        x = nn.LayerNorm(epsilon=1e-5, use_fast_variance=False, name="norm")(x)
        return nn.Dense(self.dim, use_bias=False, name="reduction")(x)


class FlaxNet(nn.Module):
    @nn.compact
    def __call__(self, x: jax.Array) -> jax.Array:
        x = FlaxPatchEmbed(6, name="patch_embed")(x)
        x = FlaxBlock(name="stages_0_0")(x)
        x = FlaxBlock(name="stages_0_1")(x)
        x = FlaxPatchMerging(10, name="merge")(x)
        x = FlaxBlock(name="stages_1_0")(x)
        x = nn.LayerNorm(epsilon=1e-6, use_fast_variance=False, name="norm")(x.mean((1, 2)))
        return nn.Dense(10, name="head")(x)


# </solution>


def port(state_dict: dict[str, np.ndarray]) -> Any:
    """Return TorchNet's weights, as a tree of `jax.Array`s that `forward`
    accepts.

    state_dict: of a TorchNet, as NumPy arrays; leave it unchanged.
    """
    # <solution>
    flat = {}
    for name, array in state_dict.items():
        *path, leaf = re.sub(r"\.(\d+)", r"_\1", name).split(".")
        match leaf, array.ndim:
            case "weight", 4:
                leaf, array = "kernel", array.transpose(2, 3, 1, 0)
            case "weight", 2:
                leaf, array = "kernel", array.T
            case "weight", 1:
                leaf = "scale"
        flat["params", *path, leaf] = jnp.asarray(array)
    return traverse_util.unflatten_dict(flat)
    # </solution>


def forward(variables: Any, x: jax.Array) -> tuple[jax.Array, dict[str, jax.Array]]:
    """Return (what TorchNet computes, the activations on the way there).

    variables: from `port`; x: float32 (batch, height, width, 3), where 8
        divides height and width.
    Returns the logits, (batch, 10), and what `torch_activations` returns: a
        new dict with the same names and, channels last, the same arrays. Extra
        entries do no harm.
    """
    # <solution>
    y, state = FlaxNet().apply(variables, x, capture_intermediates=True, mutable=["intermediates"])
    activations = {}
    for (*path, _), outputs in traverse_util.flatten_dict(state["intermediates"]).items():
        activations[re.sub(r"_(\d+)", r".\1", ".".join(path))] = outputs[0]
    return y, activations
    # </solution>
