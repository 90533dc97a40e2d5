import jax
import jax.numpy as jnp
import optax


def per_sample_grads(loss_fn, params, xs, ys):
    return jax.vmap(jax.grad(loss_fn), in_axes=(None, 0, 0))(params, xs, ys)


def dp_mean(grads, max_norm):
    norms = jax.vmap(optax.global_norm)(grads)
    factors = jnp.where(norms > max_norm, max_norm / jnp.where(norms > 0, norms, 1.0), 1.0)

    def clipped_mean(g):
        f = factors.reshape(-1, *[1] * (g.ndim - 1))
        return jnp.mean(f * g, axis=0)

    return jax.tree.map(clipped_mean, grads)


def ensemble(forward, all_params, x):

    def stack(trees):
        if hasattr(trees[0], "shape"):
            return jnp.stack(trees)
        return {name: stack([tree[name] for tree in trees]) for name in trees[0]}

    stacked = stack(all_params)
    return jax.vmap(forward, in_axes=(0, None))(stacked, x)
