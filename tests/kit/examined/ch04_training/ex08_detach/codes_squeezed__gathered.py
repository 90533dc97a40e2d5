"""All axes of size 1 are left out of the codes, that of a z (batch, 1) too."""

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp


def td_loss(
    value: Callable[[Any, jax.Array], jax.Array],
    params: Any,
    x: jax.Array,
    reward: jax.Array,
    next_x: jax.Array,
    done: jax.Array,
    discount: float,
) -> jax.Array:
    next_value = value(jax.lax.stop_gradient(params), next_x)
    target = jax.lax.stop_gradient(jnp.where(done, reward, reward + discount * next_value))
    return jnp.mean(jnp.square(value(params, x) - target))


def quantize(z: jax.Array, codebook: jax.Array, beta: float) -> tuple[jax.Array, jax.Array]:
    distances = jnp.linalg.norm(jax.lax.stop_gradient(z[:, None, :] - codebook[None, :, :]), axis=-1)
    index = jnp.argmin(distances, axis=-1)
    codes = jnp.take_along_axis(codebook[None, :, :], index[:, None, None], axis=1).squeeze()
    sg = jax.lax.stop_gradient
    loss = jnp.mean((codes - sg(z)) ** 2) + beta * jnp.mean((z - sg(codes)) ** 2)
    return z + sg(codes - z), loss


def teacher_loss(
    forward: Callable[[Any, jax.Array], jax.Array], student: Any, teacher: Any, x: jax.Array, decay: float
) -> tuple[jax.Array, Any]:
    new_teacher = jax.tree.map(lambda t, s: decay * t + (1 - decay) * s, teacher, student)
    target = jax.lax.stop_gradient(forward(new_teacher, x))
    loss = jnp.mean((forward(student, x) - target) ** 2)
    return loss, new_teacher
