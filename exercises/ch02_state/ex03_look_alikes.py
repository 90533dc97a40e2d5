"""2.3 look_alikes: Functions with PyTorch's names and other defaults

`jax.numpy` follows NumPy. Some of its functions have the name of a PyTorch
function and do something else. These four raise no error; x is [1, 2, 3, 4]:

    PyTorch                           JAX
    torch.split(x, 1)  4 pieces       jnp.split(x, 1)   1 piece
    x.repeat(2)        [1, 2, 3, 4,   jnp.repeat(x, 2)  [1, 1, 2, 2, 3, 3, 4, 4]
                        1, 2, 3, 4]
    x.std()            1.291          x.std()           1.118
    x.median()         2.0            jnp.median(x)     2.5

- `jnp.split` takes the number of pieces, `torch.split` their size.
- `jnp.repeat` is `torch.repeat_interleave`; PyTorch's `repeat` is `jnp.tile`.
- JAX's `std` divides by n, PyTorch's by n - 1.
- JAX's `median` averages the two middle values, PyTorch's takes the lower.

`F.pad(x, (1, 2))` pads only the last axis, `jnp.pad(x, (1, 2))` every axis. A
list of pairs gives each axis its own, from the first axis to the last.

What PyTorch calls `dim` is `axis` in JAX, and `keepdim` is `keepdims`. Here
PyTorch's names do raise an error.

Write the three functions so that they give PyTorch's answers. They must also
work under `jax.jit`, with all arguments but x static.

After 1.3. About 10 minutes.

https://docs.jax.dev/en/latest/_autosummary/jax.numpy.split.html
"""

# --- PyTorch ---
import torch


def torch_split(x: torch.Tensor, size: int) -> tuple[torch.Tensor, ...]:
    """Pieces of `size` rows; the last one has the rows that are left."""
    return torch.split(x, size)


def torch_pad_last(x: torch.Tensor, left: int, right: int) -> torch.Tensor:
    """x with `left` zeros before and `right` zeros after the elements of its
    last axis.
    """
    return torch.nn.functional.pad(x, (left, right))


def torch_std(x: torch.Tensor, axis: int) -> torch.Tensor:
    """The standard deviation along one axis; that axis stays, with size 1."""
    return x.std(dim=axis, keepdim=True)


# --- JAX ---
import jax
import jax.numpy as jnp


def split(x: jax.Array, size: int) -> list[jax.Array] | tuple[jax.Array, ...]:
    """x cut along its first axis into pieces of `size` rows, as `torch.split`
    does; the last one has the rows that are left.

    x: float32 (n, ...), n > 0, any numbers, even NaN and infinity; size > 0,
    and may exceed n. Returns ceil(n / size) arrays, in a list or a tuple.
    """
    raise NotImplementedError("2.3 look_alikes: your code here")


def pad_last(x: jax.Array, left: int, right: int) -> jax.Array:
    """x with `left` zeros before and `right` zeros after the elements of its
    last axis, as `F.pad(x, (left, right))` does.

    x: float32 (..., d), with any number of axes and any numbers, even NaN and
    infinity; left and right are 0 or more. Returns float32 (..., left + d +
    right).
    """
    raise NotImplementedError("2.3 look_alikes: your code here")


def std(x: jax.Array, axis: int) -> jax.Array:
    """PyTorch's standard deviation along `axis`; that axis stays, with size 1.

    x: float32, with any number of axes; `axis` may be negative. Where the axis
    has size 1, or not all numbers along it are finite, the result is NaN, as in
    PyTorch. It is accurate even if the mean is 100 times as large as the
    spread, and a different one elsewhere in x. Returns float32.
    """
    raise NotImplementedError("2.3 look_alikes: your code here")
