"""What runs beside the learner's code for 4.8 detach."""

from functools import partial
from typing import Any

import jax
import jax.numpy as jnp


def mlp(params: Any, x: jax.Array) -> jax.Array:
    """TorchMLP, from params of any depth."""
    while "fc1" not in params:
        (params,) = params.values()
    hidden = jnp.tanh(x @ params["fc1"]["kernel"] + params["fc1"]["bias"])
    return hidden @ params["fc2"]["kernel"] + params["fc2"]["bias"]


def linear(params: Any, x: jax.Array) -> jax.Array:
    """A layer whose params are a tuple."""
    return x @ params[0] + params[1]


def value(forward: Any) -> Any:
    """`forward` with its last axis, of size 1, left out."""
    return lambda params, x: forward(params, x)[..., 0]


def td_gradient(td_loss: Any, value: Any, params: Any, *batch: Any) -> Any:
    """The gradient of the loss in params."""
    return jax.jit(jax.grad(partial(td_loss, value)))(params, *batch)


def quantized_gradients(quantize: Any, z: jax.Array, codebook: jax.Array, beta: float, weights: jax.Array) -> Any:
    """The gradients in z and in codebook of the weighted sum of `quantized`."""

    def total(z: jax.Array, codebook: jax.Array, beta: float, weights: jax.Array) -> jax.Array:
        return jnp.sum(quantize(z, codebook, beta)[0] * weights)

    gradients = jax.jit(jax.grad(total, argnums=(0, 1)))(z, codebook, beta, weights)
    return dict(zip(("z", "codebook"), gradients, strict=True))


def loss_gradients(quantize: Any, z: jax.Array, codebook: jax.Array, beta: float) -> Any:
    """The gradients in z and in codebook of the loss."""
    gradients = jax.jit(jax.grad(lambda *given: quantize(*given)[1], argnums=(0, 1)))(z, codebook, beta)
    return dict(zip(("z", "codebook"), gradients, strict=True))


def teacher_gradients(teacher_loss: Any, forward: Any, student: Any, teacher: Any, x: jax.Array, decay: float) -> Any:
    """The gradients of the loss in student and in teacher."""
    compiled = jax.jit(jax.grad(partial(teacher_loss, forward), argnums=(0, 1), has_aux=True))
    gradients, _ = compiled(student, teacher, x, decay)
    return dict(zip(("student", "teacher"), gradients, strict=True))
