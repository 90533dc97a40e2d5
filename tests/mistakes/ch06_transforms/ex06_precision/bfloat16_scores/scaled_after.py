import jax
import jax.numpy as jnp


def at_precision(f, precision):
    return jax.default_matmul_precision(precision)(f)


def attention(q, k, v):
    q, k = q.astype(jnp.bfloat16), k.astype(jnp.bfloat16)
    scores = jnp.einsum("...qd,...kd->...qk", q, k, precision="highest", preferred_element_type=jnp.float32)
    return jax.nn.softmax(scores / q.shape[-1] ** 0.5) @ v


def matmul_f32(x, w):
    return jnp.matmul(x, w, preferred_element_type=jnp.float32)
