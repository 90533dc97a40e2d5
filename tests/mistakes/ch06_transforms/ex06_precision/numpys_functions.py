"""`attention` calls a function of NumPy on values that JAX is tracing, which
raises an error, or returns NumPy's arrays. Take it from jax.numpy, or
`jax.nn.softmax`.
"""

import jax
import jax.numpy as jnp
import numpy as np


def at_precision(f, precision):
    return jax.default_matmul_precision(precision)(f)


def attention(q, k, v):
    scores = jnp.einsum("...qd,...kd->...qk", q, k, precision="highest") / q.shape[-1] ** 0.5
    weights = np.exp(scores - scores.max(-1, keepdims=True))
    return (weights / weights.sum(-1, keepdims=True)) @ v


def matmul_f32(x, w):
    return jnp.matmul(x, w, preferred_element_type=jnp.float32)
