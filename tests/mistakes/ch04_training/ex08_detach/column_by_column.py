"""`quantize` chooses in each column by itself: a row of `quantized` is put
together from several codes. The distance of a row to a code is a sum over the
columns, and the whole code is taken.
"""

import jax
import jax.numpy as jnp


def td_loss(value, params, x, reward, next_x, done, discount):
    target = reward + discount * jnp.where(done, 0.0, value(params, next_x))
    return jnp.mean((value(params, x) - jax.lax.stop_gradient(target)) ** 2)


def quantize(z, codebook, beta):
    distances = (z[:, None] - codebook) ** 2
    codes = jnp.take_along_axis(codebook, jnp.argmin(distances, axis=1), axis=0)
    stop = jax.lax.stop_gradient
    loss = jnp.mean((codes - stop(z)) ** 2) + beta * jnp.mean((z - stop(codes)) ** 2)
    return z + stop(codes - z), loss


def teacher_loss(forward, student, teacher, x, decay):
    new = jax.tree.map(lambda t, s: decay * t + (1 - decay) * s, teacher, student)
    new = jax.lax.stop_gradient(new)
    return jnp.mean((forward(student, x) - forward(new, x)) ** 2), new
