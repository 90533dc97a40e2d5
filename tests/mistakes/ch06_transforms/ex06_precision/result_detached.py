"""The gradient of the function that `at_precision` returns is zero:
`jax.lax.stop_gradient`, PyTorch's detach, stands around the result of f or its
arguments. Return the result as it is.
"""

import jax
import jax.numpy as jnp


def at_precision(f, precision):
    def run(*args, **kwargs):
        with jax.default_matmul_precision(precision):
            return jax.lax.stop_gradient(f(*args, **kwargs))

    return run


def attention(q, k, v):
    scores = jnp.einsum("...qd,...kd->...qk", q, k, precision="highest") / q.shape[-1] ** 0.5
    return jax.nn.softmax(scores) @ v


def matmul_f32(x, w):
    return jnp.matmul(x, w, preferred_element_type=jnp.float32)
