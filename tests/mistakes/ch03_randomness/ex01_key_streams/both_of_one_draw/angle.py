import jax
import jax.numpy as jnp


def draw_pair(key, shape):
    radius_key, angle_key = jax.random.split(key)
    uniform = jax.random.uniform(angle_key, shape)
    radius = jnp.sqrt(-2 * jnp.log1p(-jax.random.uniform(radius_key, shape)))
    return radius * jnp.cos(2 * jnp.pi * uniform), uniform


def permutations(key, epochs, n):
    return jnp.stack([jax.random.permutation(epoch_key, n) for epoch_key in jax.random.split(key, epochs)])


def key_at(key, step):
    return jax.random.fold_in(key, step)
