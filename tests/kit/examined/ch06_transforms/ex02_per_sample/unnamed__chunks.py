import jax
import jax.numpy as jnp
import optax


def per_sample_grads(loss_fn, params, xs, ys):
    f = jax.vmap(jax.grad(loss_fn), in_axes=(None, 0, 0))
    parts = [f(params, xs[i : i + 32], ys[i : i + 32]) for i in range(0, len(xs), 32)]
    return jax.tree.map(lambda *leaves: jnp.concatenate(leaves), *parts)


def dp_mean(grads, max_norm):
    norms = jax.vmap(optax.global_norm)(grads)
    factors = jnp.where(norms > max_norm, max_norm / jnp.where(norms > 0, norms, 1.0), 1.0)

    def clipped_mean(g):
        f = factors.reshape(-1, *[1] * (g.ndim - 1))
        return jnp.mean(f * g, axis=0)

    return jax.tree.map(clipped_mean, grads)


def ensemble(forward, all_params, x):
    stacked = jax.tree.map(lambda *leaves: jnp.stack(leaves), *all_params)
    return jax.vmap(forward, in_axes=(0, None))(stacked, x)
