"""It rotates the weight with NumPy (np.asarray), which cannot take a traced
array, so jax.jit and jax.grad with respect to weight raise an error.
"""

import jax
import jax.numpy as jnp
import numpy as np


def conv_transpose(
    x: jax.Array, weight: jax.Array, bias: jax.Array, stride: int = 1, padding: int = 0, output_padding: int = 0
) -> jax.Array:
    rotated = np.rot90(np.asarray(weight), k=2, axes=(2, 3))
    kernel = jnp.asarray(rotated.transpose(2, 3, 0, 1).copy())
    lo = [k - 1 - padding for k in weight.shape[2:]]
    y = jax.lax.conv_general_dilated(
        x,
        kernel,
        window_strides=(1, 1),
        padding=[(p, p + output_padding) for p in lo],
        lhs_dilation=(stride, stride),
        dimension_numbers=("NHWC", "HWIO", "NHWC"),
    )
    return y + bias
