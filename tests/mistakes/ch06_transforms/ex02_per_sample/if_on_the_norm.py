"""Python asks for the value of the norm, usually in `if norm > max_norm`, `min`
or `float(norm)`, or passes it to NumPy. Under jax.vmap and jax.jit it is a
tracer: it stands for the norms of all samples, or has no value yet.
`jnp.minimum(1.0, max_norm / (norm + 1e-6))` chooses without an if.
"""

import jax
import jax.numpy as jnp
import optax


def per_sample_grads(loss_fn, params, xs, ys):
    return jax.vmap(jax.grad(loss_fn), in_axes=(None, 0, 0))(params, xs, ys)


def dp_mean(grads, max_norm):
    def clip(grad):
        norm = optax.global_norm(grad)
        if norm > max_norm:
            return jax.tree.map(lambda g: g * (max_norm / norm), grad)
        return grad

    return jax.tree.map(lambda g: g.mean(axis=0), jax.vmap(clip)(grads))


def ensemble(forward, all_params, x):
    stacked = jax.tree.map(lambda *leaves: jnp.stack(leaves), *all_params)
    return jax.vmap(forward, in_axes=(0, None))(stacked, x)
