"""What runs beside the learner's code for 6.3 scan_remat."""

import math
from typing import Any

import jax
import jax.numpy as jnp


def block(params: Any, x: jax.Array) -> jax.Array:
    """TorchBlock."""
    hidden = jnp.tanh(x @ params["up"]["kernel"] + params["up"]["bias"])
    return x + hidden @ params["down"]["kernel"] + params["down"]["bias"]


def nested_block(params: Any, x: jax.Array) -> jax.Array:
    """TorchBlock, with its params nested deeper."""
    return block(params["net"]["layers"], x)


def centered_block(params: Any, x: jax.Array) -> jax.Array:
    """TorchBlock, without the mean over the batch."""
    y = block(params, x)
    return y - y.mean(axis=0)


# A name says nothing of what a function computes.
nested_block.__name__ = centered_block.__name__ = block.__name__


def kept(tree: Any) -> Any:
    """The tree itself, to be fetched later. Its keys keep their order."""
    return tree


def gradients(forward: Any, stacked: Any, x: jax.Array, cotangents: Any) -> Any:
    """Under jax.jit, the gradients in stacked and x of the sum of all that
    `forward` returns, times the cotangents.
    """

    def loss(stacked: Any, x: jax.Array, cotangents: Any) -> jax.Array:
        products = jax.tree.map(lambda y, c: (y * c).sum(), forward(block, stacked, x), cotangents)
        return sum(jax.tree.leaves(products))

    return jax.jit(jax.grad(loss, argnums=(0, 1)))(stacked, x, cotangents)


def equations(forward: Any, layers: int) -> int:
    """The number of equations that `forward` is traced into for so many layers.
    Nothing is computed.
    """
    traced = jax.make_jaxpr(lambda *args: forward(block, *args))(*shapes(layers, 4, 6, 5))
    return str(traced).count(" = ")


def times_traced(forward: Any) -> int:
    """How often the program of `forward` has the tanh that is in a block."""
    traced = jax.make_jaxpr(lambda *args: forward(block, *args))(*shapes(3, 4, 6, 5))
    return str(traced).count("= tanh")


def memory(forward: Any, layers: int, width: int, hidden: int, batch: int) -> list[int]:
    """The bytes that the compiled gradient needs besides its arguments and
    results, and the bytes kept between the passes.
    """
    stacked, x = shapes(layers, width, hidden, batch)
    gradient = jax.jit(jax.grad(lambda *args: forward(block, *args).sum(), argnums=(0, 1)))
    needed = gradient.lower(stacked, x).compile().memory_analysis().temp_size_in_bytes
    kept = jax.eval_shape(lambda *args: jax.vjp(lambda *args: forward(block, *args), *args)[1], stacked, x)
    return [needed, sum(math.prod(leaf.shape) * leaf.dtype.itemsize for leaf in jax.tree.leaves(kept))]


def shapes(layers: int, width: int, hidden: int, batch: int) -> tuple[Any, Any]:
    """The shapes of stacked and x."""

    def linear(before: int, after: int) -> Any:
        sizes = {"kernel": (layers, before, after), "bias": (layers, after)}
        return {name: jax.ShapeDtypeStruct(size, jnp.float32) for name, size in sizes.items()}

    stacked = {"up": linear(width, hidden), "down": linear(hidden, width)}
    return stacked, jax.ShapeDtypeStruct((batch, width), jnp.float32)
