"""The same in a scan."""

import jax


def draw_pair(key, shape):
    normal_key, uniform_key = jax.random.split(key)
    return jax.random.normal(normal_key, shape), jax.random.uniform(uniform_key, shape)


def permutations(key, epochs, n):
    def one_epoch(key, _):
        return jax.random.split(key)[0], jax.random.permutation(key, n)

    return jax.lax.scan(one_epoch, key, None, epochs)[1]


def key_at(key, step):
    return jax.random.fold_in(key, step)
