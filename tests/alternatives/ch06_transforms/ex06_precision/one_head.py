import contextlib

import flax.linen as nn
import jax
import jax.numpy as jnp


def at_precision(f, precision):
    def run(*args, **kwargs):
        with contextlib.ExitStack() as stack:
            stack.enter_context(jax.default_matmul_precision(precision))
            return f(*args, **kwargs)

    return run


def attention(q, k, v):
    q, k, v = (a[..., None, :] for a in (q, k, v))
    weights = nn.dot_product_attention_weights(q, k, precision="highest")
    return jnp.einsum("...hqk,...khw->...qhw", weights, v)[..., 0, :]


def matmul_f32(x, w):
    def product(x, w, dimensions, precision=None):
        return jax.lax.dot_general(x, w, dimensions, precision=precision, preferred_element_type=jnp.float32)

    layer = nn.Dense(w.shape[-1], use_bias=False, dtype=jnp.bfloat16, param_dtype=jnp.bfloat16, dot_general=product)
    return layer.apply({"params": {"kernel": w}}, x)
