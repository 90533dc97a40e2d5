"""In the tree that vmap receives, the leaves have no axis of the models. A list
of trees does not have one, so vmap takes the rows of the kernels;
`jnp.concatenate` joins them along these rows. Stack the leaves of all models:
`jax.tree.map(lambda *leaves: jnp.stack(leaves), *all_params)`.
"""

import jax
import jax.numpy as jnp
import optax


def per_sample_grads(loss_fn, params, xs, ys):
    return jax.vmap(jax.grad(loss_fn), in_axes=(None, 0, 0))(params, xs, ys)


def dp_mean(grads, max_norm):
    def clip(grad):
        factor = jnp.minimum(1.0, max_norm / (optax.global_norm(grad) + 1e-6))
        return jax.tree.map(lambda g: factor * g, grad)

    return jax.tree.map(lambda g: g.mean(axis=0), jax.vmap(clip)(grads))


def ensemble(forward, all_params, x):
    return jax.vmap(forward, in_axes=(0, None))(all_params, x)
