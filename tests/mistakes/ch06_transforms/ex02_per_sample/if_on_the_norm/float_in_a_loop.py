import jax
import jax.numpy as jnp
import optax


def per_sample_grads(loss_fn, params, xs, ys):
    return jax.vmap(jax.grad(loss_fn), in_axes=(None, 0, 0))(params, xs, ys)


def dp_mean(grads, max_norm):
    count = len(jax.tree.leaves(grads)[0])
    clipped = []
    for i in range(count):
        grad = jax.tree.map(lambda g, i=i: g[i], grads)
        norm = optax.global_norm(grad)
        factor = min(1.0, max_norm / (float(norm) + 1e-6))
        grad = jax.tree.map(lambda g, factor=factor: factor * g, grad)
        clipped.append(grad)
    return jax.tree.map(lambda *gs: sum(gs) / count, *clipped)


def ensemble(forward, all_params, x):
    stacked = jax.tree.map(lambda *leaves: jnp.stack(leaves), *all_params)
    return jax.vmap(forward, in_axes=(0, None))(stacked, x)
