"""`td_loss` raises an error under jax.jit: the size of `x[mask]` depends on the
numbers in the mask, which are not known there. `jnp.where(done, ..., ...)`
chooses per row, and keeps the shape.
"""

import jax
import jax.numpy as jnp


def td_loss(value, params, x, reward, next_x, done, discount):
    target = reward.at[~done].add(discount * value(params, next_x)[~done])
    return jnp.mean((value(params, x) - jax.lax.stop_gradient(target)) ** 2)


def quantize(z, codebook, beta):
    distances = jnp.sum((z[:, None] - codebook) ** 2, axis=-1)
    codes = codebook[jnp.argmin(distances, axis=-1)]
    stop = jax.lax.stop_gradient
    loss = jnp.mean((codes - stop(z)) ** 2) + beta * jnp.mean((z - stop(codes)) ** 2)
    return z + stop(codes - z), loss


def teacher_loss(forward, student, teacher, x, decay):
    new = jax.tree.map(lambda t, s: decay * t + (1 - decay) * s, teacher, student)
    new = jax.lax.stop_gradient(new)
    return jnp.mean((forward(student, x) - forward(new, x)) ** 2), new
