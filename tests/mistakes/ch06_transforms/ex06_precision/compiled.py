"""`at_precision` compiles f. Then Python runs f only while JAX traces it: a
second call does not call f, a string as an argument raises an error, and f
cannot read a value. Call f itself, in the block or decorated: jax.jit is for
the caller to add.
"""

import jax
import jax.numpy as jnp


def at_precision(f, precision):
    compiled = jax.jit(f)

    def run(*args, **kwargs):
        with jax.default_matmul_precision(precision):
            return compiled(*args, **kwargs)

    return run


def attention(q, k, v):
    scores = jnp.einsum("...qd,...kd->...qk", q, k, precision="highest") / q.shape[-1] ** 0.5
    return jax.nn.softmax(scores) @ v


def matmul_f32(x, w):
    return jnp.matmul(x, w, preferred_element_type=jnp.float32)
