"""For "default" or "high", the arguments of f are converted to bfloat16, or its
result: then everything in f is rounded, and not the products alone. The
precision of a product is a setting; its inputs and results stay float32.
"""

import jax
import jax.numpy as jnp


def at_precision(f, precision):
    def run(*args, **kwargs):
        if precision != "highest":
            args = jax.tree.map(lambda leaf: leaf.astype(jnp.bfloat16), args)
        with jax.default_matmul_precision(precision):
            return f(*args, **kwargs)

    return run


def attention(q, k, v):
    scores = jnp.einsum("...qd,...kd->...qk", q, k, precision="highest") / q.shape[-1] ** 0.5
    return jax.nn.softmax(scores) @ v


def matmul_f32(x, w):
    return jnp.matmul(x, w, preferred_element_type=jnp.float32)
