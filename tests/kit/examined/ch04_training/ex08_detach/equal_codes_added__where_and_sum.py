"""The mask picks every code at the smallest distance, and a sum over the codes
follows.
"""

import jax
import jax.numpy as jnp


def td_loss(value, params, x, reward, next_x, done, discount):
    target = reward + discount * jnp.where(done, 0.0, value(params, next_x))
    return jnp.mean((value(params, x) - jax.lax.stop_gradient(target)) ** 2)


def quantize(z, codebook, beta):
    distances = jnp.sum((z[:, None] - codebook) ** 2, axis=-1)
    nearest = distances <= jnp.min(distances, axis=1)[:, None]
    codes = jnp.where(nearest[..., None], codebook[None], 0.0).sum(axis=1)
    stop = jax.lax.stop_gradient
    loss = jnp.mean((codes - stop(z)) ** 2) + beta * jnp.mean((z - stop(codes)) ** 2)
    return z + stop(codes - z), loss


def teacher_loss(forward, student, teacher, x, decay):
    new = jax.tree.map(lambda t, s: decay * t + (1 - decay) * s, teacher, student)
    new = jax.lax.stop_gradient(new)
    return jnp.mean((forward(student, x) - forward(new, x)) ** 2), new
