import jax
import jax.numpy as jnp


def at_precision(f, precision):
    return jax.default_matmul_precision(precision)(f)


def attention(q, k, v):
    total, largest, result = 0.0, jnp.full((*q.shape[:-1], 1), -jnp.inf), 0.0
    for start in range(0, k.shape[-2], 2):
        keys, values = (a[..., start : start + 2, :] for a in (k, v))
        scores = jnp.einsum("...qd,...kd->...qk", q, keys, precision="highest") * q.shape[-1] ** -0.5
        before, largest = largest, jnp.maximum(largest, scores.max(-1, keepdims=True))
        weights, kept = jnp.exp(scores - largest), jnp.exp(before - largest)
        total = kept * total + weights.sum(-1, keepdims=True)
        result = kept * result + weights @ values
    return result / total


def matmul_f32(x, w):
    return jax.vmap(lambda column: jnp.dot(x, column, preferred_element_type=jnp.float32), 1, -1)(w)
