"""What runs beside the learner's code for 4.5 schedules."""

from typing import Any

import jax
import jax.numpy as jnp
import optax


def rates(schedule: Any, steps: int) -> jax.Array:
    """A schedule's learning rates for the whole numbers 0, 1, 2, ..."""
    return jnp.array([schedule(i) for i in range(steps)], jnp.float32)


def rates_at(schedule: Any, steps: list[int]) -> jax.Array:
    """The same for some whole numbers."""
    return jnp.array([schedule(i) for i in steps], jnp.float32)


def compiled_rates(schedule: Any, steps: int) -> jax.Array:
    """Those of `rates`, called as optax calls it: in compiled code, where the
    step is a tracer.
    """
    return jax.jit(lambda: jax.lax.map(lambda i: jnp.asarray(schedule(i), jnp.float32), jnp.arange(steps)))()


def losses(schedule: Any, clip: Any, max_norm: float, params: Any, xs: jax.Array, ys: jax.Array) -> jax.Array:
    """The losses of gradient descent with a schedule and clipped gradients; xs
    and ys are stacked batches.
    """
    tx = optax.sgd(schedule, momentum=0.9)

    def loss_fn(params: Any, x: jax.Array, y: jax.Array) -> jax.Array:
        hidden = jnp.tanh(x @ params["fc1"]["kernel"] + params["fc1"]["bias"])
        return jnp.mean((hidden @ params["fc2"]["kernel"] + params["fc2"]["bias"] - y) ** 2)

    def step(carry: Any, batch: Any) -> tuple[Any, jax.Array]:
        params, state = carry
        loss, grads = jax.value_and_grad(loss_fn)(params, *batch)
        updates, state = tx.update(clip(grads, max_norm), state, params)
        return (optax.apply_updates(params, updates), state), loss

    return jax.jit(lambda params, batches: jax.lax.scan(step, (params, tx.init(params)), batches)[1])(params, (xs, ys))
