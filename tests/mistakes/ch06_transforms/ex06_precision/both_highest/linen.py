import flax.linen as nn
import jax
import jax.numpy as jnp


def at_precision(f, precision):
    return jax.default_matmul_precision(precision)(f)


def attention(q, k, v):
    q, k, v = (a[..., None, :] for a in (q, k, v))
    return nn.dot_product_attention(q, k, v, precision="highest")[..., 0, :]


def matmul_f32(x, w):
    return jnp.matmul(x, w, preferred_element_type=jnp.float32)
