import jax
import jax.numpy as jnp


def at_precision(f, precision):
    def run(*args, **kwargs):
        with jax.default_matmul_precision(precision):
            return f(*args, **kwargs)

    return run


def attention(q, k, v):
    with jax.default_matmul_precision("highest"):
        scores = q @ jnp.swapaxes(k, -1, -2)
    return jnp.einsum("...qk,...kw->...qw", jax.nn.softmax(scores * q.shape[-1] ** -0.5, axis=-1), v)


def matmul_f32(x, w):
    return jnp.einsum("...k,kn->...n", x, w, preferred_element_type=jnp.float32)
