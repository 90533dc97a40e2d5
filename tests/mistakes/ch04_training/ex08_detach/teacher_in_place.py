"""`teacher_loss` writes the new weights into the dicts of the teacher that it
was given: the caller's old teacher is gone. Build a new tree, with
`jax.tree.map`.
"""

import jax
import jax.numpy as jnp


def _mix(teacher, student, decay):
    if isinstance(teacher, dict):
        for name in teacher:
            teacher[name] = _mix(teacher[name], student[name], decay)
        return teacher
    if isinstance(teacher, tuple | list):
        return type(teacher)(_mix(t, s, decay) for t, s in zip(teacher, student))
    return jax.lax.stop_gradient(decay * teacher + (1 - decay) * student)


def td_loss(value, params, x, reward, next_x, done, discount):
    target = reward + discount * jnp.where(done, 0.0, value(params, next_x))
    return jnp.mean((value(params, x) - jax.lax.stop_gradient(target)) ** 2)


def quantize(z, codebook, beta):
    distances = jnp.sum((z[:, None] - codebook) ** 2, axis=-1)
    codes = codebook[jnp.argmin(distances, axis=-1)]
    stop = jax.lax.stop_gradient
    loss = jnp.mean((codes - stop(z)) ** 2) + beta * jnp.mean((z - stop(codes)) ** 2)
    return z + stop(codes - z), loss


def teacher_loss(forward, student, teacher, x, decay):
    teacher = _mix(teacher, student, decay)
    return jnp.mean((forward(student, x) - forward(teacher, x)) ** 2), teacher
