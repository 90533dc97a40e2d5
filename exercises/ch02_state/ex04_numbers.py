"""2.4 numbers: 32 bits where PyTorch has 64

PyTorch's whole numbers have 64 bits by default, and a tensor made from a NumPy
array keeps its dtype. JAX computes in 32 bits by default, and most ways into 32
bits raise no error:

                                     PyTorch          JAX
    from np.array([2**32 + 7])       [4294967303]     [7]
    from np.array([1.75e9 + 50])     [1750000050.0]   [1750000000.0]
    2**31 - 1 plus 1, as a sum       2147483648       -2147483648

- `dtype=jnp.int64` gives an int32 and a warning. A Python int that does not fit
  raises OverflowError.
- float32 has 24 bits for the digits: near 1.75e9 it holds only multiples of
  128, and at 2**24 = 16777216 adding 1 changes nothing. `jnp.mean` of many
  float32 values is as accurate as PyTorch's. A count that grows by steps is not.
- `jax.config.update("jax_enable_x64", True)` makes 64 bits the default for the
  whole process: `jnp.arange(3)` is int64 then, in everybody's code. That is for
  the first line of a program, and never for a function or a library.
  `with jax.enable_x64(True):` does it for a block. Outside it, the next
  operation on an int64 array gives an int32 again.

Numbers beside arrays: x * 2.0 keeps x in bfloat16, in both libraries. For
x / np.sqrt(64), PyTorch keeps the dtype too. In JAX only Python's own numbers
take the dtype of the array; a NumPy number has a dtype of its own, and bfloat16
becomes float32.

Memory: `torch.from_numpy(buffer)` shares the buffer's memory, `torch.tensor`
copies. In JAX it can be chance. On a CPU, `jax.device_put(buffer)` and
`jnp.asarray(buffer, dtype=buffer.dtype)` share it where the buffer begins at a
multiple of 64 bytes. If a data loader fills the buffer again, a JAX array
changes that cannot change. A copy that NumPy makes is complete when its line
is; JAX may still be reading a large buffer when `jnp.array` returns.

Write the four functions. What they return is described for JAX's default
settings. None may change a setting of JAX for the rest of the program, whatever
the program has set by `jax.config.update`.

After 2.3. About 20 minutes.

https://docs.jax.dev/en/latest/101/default_dtypes.html
"""

# --- PyTorch ---
import numpy as np
import torch


def torch_take(buffer: np.ndarray) -> torch.Tensor:
    """A copy of the buffer, in 32 bits; `.int()` alone would raise no error."""
    tensor = torch.tensor(buffer)
    if tensor.dtype == torch.int64:
        if (tensor.int() != tensor).any():
            raise OverflowError("a number of the buffer does not fit into 32 bits")
        return tensor.int()
    return tensor.float() if tensor.dtype == torch.float64 else tensor


def torch_since(times: torch.Tensor, start: float) -> torch.Tensor:
    """times and the difference are float64."""
    return (times - start).float()


def torch_count(seen: torch.Tensor, n: torch.Tensor) -> torch.Tensor:
    """seen and n are int64, which has room for their sum."""
    total = seen[0] * 1_000_000 + seen[1] + n
    return torch.stack([total // 1_000_000, total % 1_000_000])


def torch_scale(x: torch.Tensor, factor: float | torch.Tensor) -> torch.Tensor:
    """A factor without axes does not change the dtype."""
    return x * factor


# --- JAX ---
import jax
import jax.numpy as jnp
import numpy as np


def take(buffer: np.ndarray) -> jax.Array:
    """The numbers of a data loader's buffer, in memory of their own: once the
    array is ready, as `jax.block_until_ready` says, the loader fills the same
    buffer with the next batch while you use this one.

    buffer: int64, int32, uint8, float64, float32 or bool, with any shape, also
        without elements. It stays as it is.
    Returns int32 for int64, float32 for float64, and else the buffer's dtype.
    Raises an error, such as OverflowError, if a number of an int64 buffer does
    not fit into int32.
    """
    raise NotImplementedError("2.4 numbers: your code here")


def since(times: np.ndarray, start: float) -> jax.Array:
    """The seconds from `start` to each of `times`, as accurate as a float32 can
    be.

    times: float64, with any shape, in seconds since 1970, as from time.time();
        NaN where a time is missing. It stays as it is. start: a float, such a
        time too.
    Returns float32, with the shape of times.
    """
    raise NotImplementedError("2.4 numbers: your code here")


def count(seen: jax.Array, n: jax.Array) -> jax.Array:
    """How many tokens were seen after n more; always exact.

    seen: int32 (2,), the millions and the rest: [5, 20] is 5,000,020. The rest
        is from 0 to 999,999. n: int32 (), from 0 to 2**31 - 1.
    Returns int32 (2,), in the same form. Must also work under jax.jit and in
    jax.lax.scan.
    """
    raise NotImplementedError("2.4 numbers: your code here")


def scale(x: jax.Array, factor: float | np.number | np.ndarray | jax.Array) -> jax.Array:
    """x times factor, in the dtype of x.

    x: bfloat16, float16 or float32, with at least one axis.
    factor: a Python int or float, a NumPy number such as np.sqrt(64), or a
        NumPy or JAX array without axes. Whole ones fit into int32.
    Must also work under jax.jit, where factor is a tracer too.
    """
    raise NotImplementedError("2.4 numbers: your code here")
