import jax
import jax.numpy as jnp


def draw_pair(key: jax.Array, shape: tuple[int, ...]) -> tuple[jax.Array, jax.Array]:
    first, second = jax.random.split(key)
    return jax.random.normal(first, shape), jax.random.uniform(second, shape)


def permutations(key: jax.Array, epochs: int, n: int) -> jax.Array:
    keys = jax.random.split(key, epochs)
    return jax.vmap(lambda k: jax.random.permutation(k, jnp.arange(n, dtype=jnp.int32)))(keys)


def key_at(key: jax.Array, step: int | jax.Array) -> jax.Array:
    seed = jax.random.key_data(key)[-1]
    return jax.random.key(seed * 1_000_003 + jnp.asarray(step).astype(seed.dtype) + 1)
