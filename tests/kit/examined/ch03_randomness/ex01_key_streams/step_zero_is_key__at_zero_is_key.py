"""Step 0 has the key itself, so that step 0 of any key_at(key, s) has the key
of step s.
"""

import jax
import jax.numpy as jnp


def draw_pair(key, shape):
    a, b = jax.random.split(key)
    return jax.random.normal(a, shape), jax.random.uniform(b, shape)


def permutations(key, epochs, n):
    keys = jax.random.split(key, epochs)
    return jax.vmap(lambda k: jax.random.permutation(k, n))(keys)


def key_at(key, step):
    step = jnp.asarray(step, jnp.int32)
    return jax.lax.cond(step == 0, lambda: key, lambda: jax.random.fold_in(key, step))
