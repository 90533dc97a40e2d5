"""`td_loss` is right where value looks at each row alone, and not where it
looks at its whole batch, as a BatchNorm does. Usually x and next_x go through
value as one batch, to save a call. PyTorch calls the model twice: value(params,
x) and value(params, next_x).
"""

import jax
import jax.numpy as jnp


def td_loss(value, params, x, reward, next_x, done, discount):
    now, after = jnp.split(value(params, jnp.concatenate([x, next_x])), 2)
    target = reward + discount * jnp.where(done, 0.0, after)
    return jnp.mean((now - jax.lax.stop_gradient(target)) ** 2)


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
