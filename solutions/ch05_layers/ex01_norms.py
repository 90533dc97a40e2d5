"""5.1 norms: LayerNorm, GroupNorm and RMSNorm with PyTorch's numbers

The formulas are the same in both libraries. LayerNorm and GroupNorm subtract
the mean, divide by sqrt(variance + epsilon), multiply by a weight and add a
bias. RMSNorm divides by sqrt(mean of squares + epsilon) and multiplies by a
weight. The defaults differ:

                  PyTorch                            Flax
    epsilon       1e-5                               1e-6
    of RMSNorm    torch.finfo(x.dtype).eps, 1.2e-7   1e-6
    variance      mean of (x - mean)^2               mean of x^2 minus mean^2
    groups        required                           32
    the weight    "weight"                           "scale"
    channels      axis 1                             the last axis

With x around 1, the two epsilons hardly show. With x around 0.01, Flax's
LayerNorm is 4 % too large. Where the mean is large compared with the spread,
float32 has no digits left for the difference of the two squares;
`use_fast_variance=False` gives Flax PyTorch's variance.

Write the three functions. Use `jnp` or Flax's layers. A layer runs without
`init` if you pass it its weights: `nn.LayerNorm(...).apply({"params": {"scale":
weight, "bias": bias}}, x)`. The checks also compare gradients, under `jax.jit`
and with part of x at 0.

After 1.3. About 15 minutes.

https://flax-linen.readthedocs.io/en/latest/api_reference/flax.linen/layers.html#normalization
"""

# --- PyTorch ---
import torch
import torch.nn.functional as F


def torch_layer_norm(x: torch.Tensor, weight: torch.Tensor, bias: torch.Tensor) -> torch.Tensor:
    """What `torch.nn.LayerNorm(features)` computes. x: (..., features)."""
    return F.layer_norm(x, weight.shape, weight, bias)


def torch_group_norm(x: torch.Tensor, weight: torch.Tensor, bias: torch.Tensor, groups: int) -> torch.Tensor:
    """What `torch.nn.GroupNorm(groups, channels)` computes.

    x: (batch, channels, height, width).
    """
    return F.group_norm(x, groups, weight, bias)


def torch_rms_norm(x: torch.Tensor, weight: torch.Tensor) -> torch.Tensor:
    """What `torch.nn.RMSNorm(features)` computes. x: (..., features)."""
    return F.rms_norm(x, weight.shape, weight)


# --- JAX ---
import flax.linen as nn
import jax
import jax.numpy as jnp


def layer_norm(x: jax.Array, weight: jax.Array, bias: jax.Array) -> jax.Array:
    """`torch.nn.LayerNorm` over the last axis.

    x: float32 (..., features); weight, bias: (features,). Returns an array of
    x's shape.
    """
    # <solution>
    layer = nn.LayerNorm(epsilon=1e-5, use_fast_variance=False)
    return layer.apply({"params": {"scale": weight, "bias": bias}}, x)
    # </solution>


def group_norm(x: jax.Array, weight: jax.Array, bias: jax.Array, groups: int) -> jax.Array:
    """`torch.nn.GroupNorm` for images with their channels last.

    x: float32 (batch, height, width, channels); weight, bias: (channels,);
    `groups` divides the number of channels. Each group is channels / groups
    neighboring channels of one image. Returns an array of x's shape.
    """
    # <solution>
    layer = nn.GroupNorm(num_groups=groups, epsilon=1e-5, use_fast_variance=False)
    return layer.apply({"params": {"scale": weight, "bias": bias}}, x)
    # </solution>


def rms_norm(x: jax.Array, weight: jax.Array) -> jax.Array:
    """`torch.nn.RMSNorm` over the last axis.

    x: float32 (..., features); weight: (features,). Returns an array of x's
    shape.
    """
    # <solution>
    layer = nn.RMSNorm(epsilon=jnp.finfo(x.dtype).eps)
    return layer.apply({"params": {"scale": weight}}, x)
    # </solution>
