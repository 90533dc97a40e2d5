"""4.2 kinks: Gradients at zero, and behind a mask

Some functions have a point without a derivative, and PyTorch and JAX fill the
gap differently. Measured at 0:

                                    PyTorch    JAX
    derivative of abs               0          1
    gradient of the norm            0          nan

One NaN in a gradient makes that parameter NaN, then the loss, and one step
later every parameter. It often comes from code like this:

    jnp.where(x > 0, jnp.sqrt(x), 0.0)      # at x = 0: value 0, gradient nan

The gradient is taken through both sides of `where`. The side not chosen gets 0,
the square root's slope at 0 is infinite, and 0 * inf is NaN. (PyTorch's `where`
does the same.) So the function must never see the bad value: replace it with
something harmless first, apply the function, and choose afterwards. That takes
one `where` inside and one outside:

    jnp.where(x > 0, jnp.sqrt(jnp.where(x > 0, x, 1.0)), 0.0)

PyTorch code often picks the good entries instead, `x[mask]`. Their number
depends on the values of mask, and `jax.jit` cannot compile a shape that depends
on values. Compute everywhere and choose with `where`.

Write the three functions. The checks compare values and gradients, also of
multiples and weighted sums, and run `safe_norm` and `masked_log` under
`jax.jit`.

After 4.1. About 15 minutes.

https://docs.jax.dev/en/latest/faq.html#gradients-contain-nan-where-using-where
"""

# --- PyTorch ---
import torch


def torch_norm(x: torch.Tensor) -> torch.Tensor:
    return torch.linalg.vector_norm(x)


def torch_l1(w: torch.Tensor) -> torch.Tensor:
    return w.abs().sum()


def torch_masked_log(x: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    out = torch.zeros_like(x)
    out[mask] = torch.log(x[mask])
    return out


# --- JAX ---
import jax
import jax.numpy as jnp


def safe_norm(x: jax.Array) -> jax.Array:
    """The Euclidean norm of x, float32 (n,), as float32 (). Its gradient at the
    zero vector is zero, as in PyTorch. Vectors as short as 1e-10 have their own
    norm and gradient.
    """
    # <solution>
    square = jnp.sum(x**2)
    nonzero = square > 0
    return jnp.where(nonzero, jnp.sqrt(jnp.where(nonzero, square, 1.0)), 0.0)
    # </solution>


def l1(w: jax.Array) -> jax.Array:
    """The sum of the absolute values of w, float32 of any shape, as float32 ().
    Its gradient is 0 where w is 0, as in PyTorch, and -1 or 1 everywhere else,
    even where w is as small as 1e-37.
    """
    # <solution>
    # In JAX the derivative of sign is 0 everywhere. So the derivative of this
    # product is sign(w): -1, 0 or 1.
    return jnp.sum(w * jnp.sign(w))
    # </solution>


def masked_log(x: jax.Array, mask: jax.Array) -> jax.Array:
    """log(x) where mask is True, 0 elsewhere. Its gradient is 1 / x where mask
    is True, 0 elsewhere.

    x: float32 of any shape, positive where mask is True, even as small as
    1e-20. Elsewhere it holds anything, even positive numbers, inf and nan.
    mask: bool, of the same shape.
    """
    # <solution>
    return jnp.where(mask, jnp.log(jnp.where(mask, x, 1.0)), 0.0)
    # </solution>
