"""Keys taken by index in a compiled loop; two levels, where no step is past the
end.
"""

import jax
import jax.numpy as jnp


def draw_pair(key, shape):
    normal_key, uniform_key = jax.random.split(key)
    return jax.random.normal(normal_key, shape), jax.random.uniform(uniform_key, shape)


def permutations(key, epochs, n):
    keys = jax.random.split(key, epochs)

    def one_epoch(epoch, orders):
        return orders.at[epoch].set(jax.random.permutation(keys[epoch], n))

    return jax.lax.fori_loop(0, epochs, one_epoch, jnp.zeros((epochs, n), jnp.int32))


def key_at(key, step):
    hundreds = jax.random.fold_in(key, step // 100)
    return jax.random.split(hundreds, 100)[step % 100]
