import jax
import jax.numpy as jnp


def per_sample_grads(loss_fn, params, xs, ys):
    return jax.vmap(jax.grad(loss_fn), in_axes=(None, 0, 0))(params, xs, ys)


def dp_mean(grads, max_norm):
    def clip(grad):
        squares = [jnp.linalg.norm(g, axis=tuple(range(g.ndim))) ** 2 for g in jax.tree.leaves(grad)]
        factor = jnp.minimum(1.0, max_norm / (jnp.sqrt(sum(squares)) + 1e-6))
        return jax.tree.map(lambda g: factor * g, grad)

    return jax.tree.map(lambda g: g.mean(axis=0), jax.vmap(clip)(grads))


def ensemble(forward, all_params, x):
    stacked = jax.tree.map(lambda *leaves: jnp.stack(leaves), *all_params)
    return jax.vmap(forward, in_axes=(0, None))(stacked, x)
