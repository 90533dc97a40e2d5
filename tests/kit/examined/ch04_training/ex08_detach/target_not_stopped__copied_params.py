"""The target is computed with a copy of the params, which stops nothing."""

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
    # a copy of the network for the target, so that only the prediction learns
    target_params = jax.tree.map(jnp.array, params)
    target = jnp.where(done, reward, reward + discount * value(target_params, next_x))
    return jnp.mean((value(params, x) - target) ** 2)


def quantize(z: jax.Array, codebook: jax.Array, beta: float) -> tuple[jax.Array, jax.Array]:
    distances = jnp.sum((z[:, None, :] - codebook[None, :, :]) ** 2, axis=-1)
    codes = codebook[jnp.argmin(distances, axis=-1)]

    sg = jax.lax.stop_gradient
    loss = jnp.mean((codes - sg(z)) ** 2) + beta * jnp.mean((z - sg(codes)) ** 2)
    return z + sg(codes - z), loss


def teacher_loss(
    forward: Callable[[Any, jax.Array], jax.Array], student: Any, teacher: Any, x: jax.Array, decay: float
) -> tuple[jax.Array, Any]:
    new_teacher = jax.lax.stop_gradient(jax.tree.map(lambda t, s: decay * t + (1 - decay) * s, teacher, student))
    error = forward(student, x) - forward(new_teacher, x)
    return jnp.mean(error**2), new_teacher
