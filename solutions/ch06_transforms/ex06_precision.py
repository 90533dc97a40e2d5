"""6.6 precision: What a float32 product is on a GPU or TPU

A float32 matrix product need not be computed in float32. Matrix units of a GPU
can round the inputs to TF32, which keeps 10 of the 23 bits behind the point,
and those of a TPU to bfloat16, which keeps 7. Both sum in float32, and the
result says float32. In PyTorch you opt in, with
`torch.set_float32_matmul_precision("high")`; the default is "highest". (Its
convolutions are the exception: `torch.backends.cudnn.allow_tf32` is True.) In
JAX you opt out: by default, each device takes its fast way. So a model that was
ported without a mistake differs from PyTorch in the fourth digit on a GPU, and
not on a CPU, where all of this is computed in float32.

How precise a product is stands in the program, product by product: "default",
"high" (TF32, or on a TPU three bfloat16 products for one) or "highest"
(float32). You ask for it

  * for one product: `jnp.matmul(a, b, precision="highest")`. jnp.einsum, jnp.dot,
    jax.lax.conv_general_dilated, nn.Dense and nn.Conv take it too.
  * for all products that are traced in a block and ask for nothing themselves:
    `with jax.default_matmul_precision("highest"):`. It also decorates a
    function. Calls of jax.jit trace again when it has changed.
  * for the process: `jax.config.update("jax_default_matmul_precision",
    "highest")`, which is `torch.set_float32_matmul_precision`.

`jax.make_jaxpr(f)(x)` shows each product with its `precision`, on any machine.
None is what nobody asked for: the device takes its fast way, as for "default".

A product that asks passes its precision on to its backward pass. One that shows
None does not: JAX writes the backward pass after the call of f, and there the
setting of that moment holds. The same is true of products in the backward
function of a `jax.custom_vjp`, whatever was asked for around f.

bfloat16 inputs are another matter: there the products are exact and the sum is
in float32 anyway, but the result is rounded to bfloat16.
`preferred_element_type=jnp.float32` returns the sum as it is, and the inputs
still travel as bfloat16. Converting the result afterwards is too late.

In all other exercises the checks run under "highest", so that PyTorch and JAX
agree on any device. There you do not see what you see here: what your own
program asks for. This one runs under JAX's default.

Write the three functions.

After 6.1 and 6.4. About 20 minutes.

https://docs.jax.dev/en/latest/201/precision.html
"""

# --- PyTorch ---
from collections.abc import Callable
from typing import Any

import torch


def torch_at_precision(f: Callable, precision: str) -> Callable:
    """PyTorch knows "medium" for JAX's "default"."""

    def run(*args: Any, **kwargs: Any) -> Any:
        before = torch.get_float32_matmul_precision()
        torch.set_float32_matmul_precision("medium" if precision == "default" else precision)
        try:
            return f(*args, **kwargs)
        finally:
            torch.set_float32_matmul_precision(before)

    return run


def torch_attention(q: torch.Tensor, k: torch.Tensor, v: torch.Tensor) -> torch.Tensor:
    scores = q @ k.transpose(-1, -2) / q.shape[-1] ** 0.5
    return torch.softmax(scores, -1) @ v


def torch_matmul_f32(x: torch.Tensor, w: torch.Tensor) -> torch.Tensor:
    """The sums of the exact products, in float32."""
    return x.float() @ w.float()


# --- JAX ---
from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp


def at_precision(f: Callable, precision: str) -> Callable:
    """A function that returns what f returns, and in which every matrix product
    and convolution of f has this precision, in the gradient too.

    precision: "default", "high" or "highest", whatever the caller's setting is,
        for the process or in a block. It must stand in the program, product by
        product: "default" too, or the backward pass has the caller's setting.
    f: any callable, such as a functools.partial. It takes any arguments, arrays
        or not, by position or by name, and returns anything; it may read
        values. It has no jax.custom_vjp, and none of its products asks for a
        precision itself. It may call compiled functions, and may be one that
        was called before; it does not call the returned function.
    Each call calls f once, without jax.jit, and passes f's errors on. However
    it ends, `jax_default_matmul_precision` is as it was before the call;
    at_precision itself does not change it.
    """
    # <solution>
    return jax.default_matmul_precision(precision)(f)
    # </solution>


def attention(q: jax.Array, k: jax.Array, v: jax.Array) -> jax.Array:
    """`torch_attention`. The product with k has the precision "highest", in the
    gradient too, because softmax turns its absolute errors into relative ones;
    that with v has what the caller's setting says, and asks for nothing itself.
    Each may be several products, such as one per block of keys. All of them
    take float32.

    q: float32 (..., queries, d); k: (..., keys, d); v: (..., keys, width).
    Returns float32 (..., queries, width). Works under jax.jit, jax.vmap and
    jax.grad, and leaves the caller's setting as it is.
    """
    # <solution>
    scores = jnp.einsum("...qd,...kd->...qk", q, k, precision="highest") / q.shape[-1] ** 0.5
    return jax.nn.softmax(scores) @ v
    # </solution>


def matmul_f32(x: jax.Array, w: jax.Array) -> jax.Array:
    """`torch_matmul_f32`, by one product that takes x and w as bfloat16 and
    returns float32.

    x: bfloat16 (..., k); w: bfloat16 (k, n). Returns float32 (..., n), and
    leaves the caller's setting as it is. Let x be the product's first operand:
    JAX's CPU lacks some such products of w by x.
    """
    # <solution>
    return jnp.matmul(x, w, preferred_element_type=jnp.float32)
    # </solution>
