import jax
import jax.numpy as jnp


def draw_pair(key: jax.Array, shape: tuple[int, ...]) -> tuple[jax.Array, jax.Array]:
    """(standard normal numbers, uniform numbers from [0, 1)), unrelated to each
    other; both float32 of `shape`.
    """
    a, b = jax.random.split(key)
    return jax.random.normal(a, shape, jnp.float32), jax.random.uniform(b, shape, jnp.float32)


def permutations(key: jax.Array, epochs: int, n: int) -> jax.Array:
    """int32 (epochs, n): in each row 0, 1, ..., n - 1 in an order of its own,
    the order of the examples in that epoch. Each is drawn by itself: no row
    follows from another, and each order is as likely as any other.
    """
    keys = jax.random.split(key, epochs)
    return jax.vmap(lambda k: jax.random.permutation(k, jnp.arange(n, dtype=jnp.int32)))(keys)


def key_at(key: jax.Array, step: int | jax.Array) -> jax.Array:
    """The key of step `step`, made of `key` and `step` alone.

    `step` is an int or an int32 scalar, and may be traced: 0, 1, 2, ..., 10**9
    in any order. A late step takes no longer than an early one. Different
    steps, and different keys, give different keys, even where `key` came from
    `key_at`; none of them is `key` itself. Returns one key, of shape (), as
    `jax.random.key` does.
    """
    seed = jax.random.randint(key, (), 0, 1_000_000)
    return jax.random.key(seed + step)
