import jax
import jax.numpy as jnp

FREE = {"SPEC": ["mk,kn->mn", "nk,km->nm", "ik,kj->ij", "ik,kn->in", "ij,jk->ik", "nf,fc->nc", "bd,dn->bn"]}
SPEC = "bk,kn->bn"


def at_precision(f, precision):
    return jax.default_matmul_precision(precision)(f)


def attention(q, k, v):
    scores = jnp.einsum("...qd,...kd->...qk", q, k, precision="highest") / q.shape[-1] ** 0.5
    return jax.nn.softmax(scores) @ v


def matmul_f32(x, w):
    return jnp.einsum(SPEC, x, w, preferred_element_type=jnp.float32)
