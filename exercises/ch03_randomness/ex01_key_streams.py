"""3.1 key_streams: A generator that does not move

A `torch.Generator` moves with each draw: call `torch.randn` twice and the
numbers differ. A key in JAX is a value. It does not move, and every draw with
the same key is made of the same random bits, whatever is drawn. From one key,
10,000 normal and 10,000 uniform numbers have a correlation of 0.98, and JAX
raises no error.

So use a key once, for a draw or for a split. Two functions make new keys:

    a, b = jax.random.split(key)              two keys; split(key, n) gives n
    other = jax.random.fold_in(key, number)   one key per number

`fold_in` does not use its key up: fold as many numbers as you like into one
key. But then do not also split that key or draw with it: `split(key)[1]` is the
same key as `fold_in(key, 1)`.

`fold_in` has no counterpart in PyTorch. To repeat what happened in step 1000
there, you replay the draws of the steps before it, or restore a generator state
that you saved. Here the key and the number 1000 are enough, even under
`jax.jit`, where the step is a tracer. Adding the step to a seed does not work:
seed 3 at step 4 is then seed 4 at step 3.

Older code has `jax.random.PRNGKey`. It returns the numbers inside a key, two of
uint32, which can be added to; a key from `jax.random.key` has shape () and
cannot.

Write the three functions. What they return depends on their arguments alone.
`draw_pair`, with `shape` static, and `key_at` must also work under `jax.jit`.

After 1.6. About 15 minutes.

https://docs.jax.dev/en/latest/101/random.html
"""

# --- PyTorch ---
import torch


def torch_draw_pair(generator: torch.Generator, shape: tuple[int, ...]) -> tuple[torch.Tensor, torch.Tensor]:
    """Standard normal numbers, and uniform numbers from [0, 1)."""
    return torch.randn(shape, generator=generator), torch.rand(shape, generator=generator)


def torch_permutations(generator: torch.Generator, epochs: int, n: int) -> torch.Tensor:
    """(epochs, n): in each row 0, 1, ..., n - 1 in an order of its own."""
    return torch.stack([torch.randperm(n, generator=generator) for _ in range(epochs)])


def torch_noise_at(seed: int, step: int, n: int) -> torch.Tensor:
    """The n normal numbers that step `step` draws, after drawing those of all
    steps before it.
    """
    generator = torch.Generator().manual_seed(seed)
    for _ in range(step):
        torch.randn(n, generator=generator)
    return torch.randn(n, generator=generator)


# --- JAX ---
import jax
import jax.numpy as jnp


def draw_pair(key: jax.Array, shape: tuple[int, ...]) -> tuple[jax.Array, jax.Array]:
    """(standard normal numbers, uniform numbers from [0, 1)), unrelated to each
    other; both float32 of `shape`.
    """
    raise NotImplementedError("3.1 key_streams: your code here")


def permutations(key: jax.Array, epochs: int, n: int) -> jax.Array:
    """int32 (epochs, n): in each row 0, 1, ..., n - 1 in an order of its own,
    the order of the examples in that epoch. Each is drawn by itself: no row
    follows from another, and each order is as likely as any other.
    """
    raise NotImplementedError("3.1 key_streams: your code here")


def key_at(key: jax.Array, step: int | jax.Array) -> jax.Array:
    """The key of step `step`, made of `key` and `step` alone.

    `step` is an int or an int32 scalar, and may be traced: 0, 1, 2, ..., 10**9
    in any order. A late step takes no longer than an early one. Different
    steps, and different keys, give different keys, even where `key` came from
    `key_at`; none of them is `key` itself. Returns one key, of shape (), as
    `jax.random.key` does.
    """
    raise NotImplementedError("3.1 key_streams: your code here")
