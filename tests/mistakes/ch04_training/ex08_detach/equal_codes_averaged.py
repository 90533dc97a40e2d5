"""Where a code stands in the codebook twice, `quantize` takes the mean of the
two, so that each gets half of the gradient. PyTorch moves one of them. Usually
the codes whose distance is the smallest are taken by a mask. One code replaces
z: `codebook[jnp.argmin(distances, axis=-1)]`.
"""

import jax
import jax.numpy as jnp


def td_loss(value, params, x, reward, next_x, done, discount):
    target = reward + discount * jnp.where(done, 0.0, value(params, next_x))
    return jnp.mean((value(params, x) - jax.lax.stop_gradient(target)) ** 2)


def quantize(z, codebook, beta):
    distances = jnp.sum((z[:, None] - codebook) ** 2, axis=-1)
    nearest = distances == distances.min(axis=-1, keepdims=True)
    codes = (nearest / nearest.sum(axis=-1, keepdims=True)) @ codebook
    stop = jax.lax.stop_gradient
    loss = jnp.mean((codes - stop(z)) ** 2) + beta * jnp.mean((z - stop(codes)) ** 2)
    return z + stop(codes - z), loss


def teacher_loss(forward, student, teacher, x, decay):
    new = jax.tree.map(lambda t, s: decay * t + (1 - decay) * s, teacher, student)
    new = jax.lax.stop_gradient(new)
    return jnp.mean((forward(student, x) - forward(new, x)) ** 2), new
