import jax
import jax.numpy as jnp
import optax


def per_sample_grads(loss_fn, params, xs, ys):
    return jax.vmap(jax.grad(loss_fn), in_axes=(None, 0, 0))(params, xs, ys)


def dp_mean(grads, max_norm):
    factors = jnp.minimum(1.0, max_norm / (jax.vmap(optax.global_norm)(grads) + 1e-6))

    def clip(tree):
        for name, g in tree.items():
            if isinstance(g, dict):
                clip(g)
            else:
                tree[name] = jax.vmap(jnp.multiply)(factors, g)

    clip(grads)
    return jax.tree.map(lambda g: g.mean(axis=0), grads)


def ensemble(forward, all_params, x):
    stacked = jax.tree.map(lambda *leaves: jnp.stack(leaves), *all_params)
    return jax.vmap(forward, in_axes=(0, None))(stacked, x)
