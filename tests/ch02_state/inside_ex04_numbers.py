"""What runs beside the learner's code for 2.4 numbers."""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

ALIGNED = 64  # bytes: where JAX can share a buffer's memory


def _loader_buffer(like: np.ndarray) -> np.ndarray:
    """A buffer of this shape and dtype that JAX can share."""
    memory = np.zeros(like.nbytes + 2 * ALIGNED, np.uint8)
    start = -memory.ctypes.data % ALIGNED
    return memory[start : start + like.nbytes].view(like.dtype).reshape(like.shape)


def refilled(take: Any, batches: list[np.ndarray]) -> tuple[list[Any], list[np.ndarray]]:
    """What `take` returned for each batch, after the last batch, where all came
    in one buffer; and what the buffer held after each call.
    """
    buffer = _loader_buffer(batches[0])
    taken, left = [], []
    for batch in batches:
        buffer[...] = batch
        taken.append(jax.block_until_ready(take(buffer)))
        left.append(buffer.copy())
    buffer[...] = 0
    return taken, left


def factor(kind: str, value: float) -> Any:
    """The value as a number of Python, of NumPy, or as an array without
    axes.
    """
    if kind in ("float", "int"):
        return {"float": float, "int": int}[kind](value)
    if kind == "numpy.ndarray":
        return np.array(value)
    return jnp.float32(value) if kind == "jax.Array" else getattr(np, kind.removeprefix("numpy."))(value)


def counted(count: Any, seen: jax.Array, ns: jax.Array) -> jax.Array:
    """`seen` after counting all of ns, in a scan under jax.jit."""
    return jax.jit(lambda seen, ns: jax.lax.scan(lambda seen, n: (count(seen, n), None), seen, ns)[0])(seen, ns)


def by_default(what: str) -> jax.Array:
    """A result that depends on JAX's settings."""
    match what:
        case "jnp.arange(3)":
            return jnp.arange(3)
        case "jnp.zeros(3)":
            return jnp.zeros(3)
        case "jnp.ones(3, jnp.bfloat16) * np.ones(3, np.float32)":
            return jnp.ones(3, jnp.bfloat16) * np.ones(3, np.float32)
    raise ValueError(what)


def enable_x64(on: bool) -> None:
    """Set it for the whole process, as a program does in its first line."""
    jax.config.update("jax_enable_x64", on)


def default_dtype() -> str:
    """Of whole numbers."""
    return str(jnp.arange(3).dtype)


def kept(array: np.ndarray) -> np.ndarray:
    """The array itself, to be fetched again."""
    return array
