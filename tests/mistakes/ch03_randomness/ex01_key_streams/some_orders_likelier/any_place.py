import jax
import jax.numpy as jnp


def draw_pair(key, shape):
    normal_key, uniform_key = jax.random.split(key)
    return jax.random.normal(normal_key, shape), jax.random.uniform(uniform_key, shape)


def shuffle(key, n):
    def swap(i, row):
        j = jax.random.randint(jax.random.fold_in(key, i), (), 0, n)
        return row.at[i].set(row[j]).at[j].set(row[i])

    return jax.lax.fori_loop(0, n, swap, jnp.arange(n))


def permutations(key, epochs, n):
    return jnp.stack([shuffle(epoch_key, n) for epoch_key in jax.random.split(key, epochs)])


def key_at(key, step):
    return jax.random.fold_in(key, step)
