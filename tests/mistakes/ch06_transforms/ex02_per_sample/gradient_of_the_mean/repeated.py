import jax
import jax.numpy as jnp
import optax


def per_sample_grads(loss_fn, params, xs, ys):
    def mean_loss(params):
        return jax.vmap(loss_fn, in_axes=(None, 0, 0))(params, xs, ys).mean()

    return jax.tree.map(lambda g: jnp.stack([g] * len(xs)), jax.grad(mean_loss)(params))


def dp_mean(grads, max_norm):

    def clip(grad):
        factor = jnp.minimum(1.0, max_norm / (optax.global_norm(grad) + 1e-06))
        return jax.tree.map(lambda g: factor * g, grad)

    return jax.tree.map(lambda g: g.mean(axis=0), jax.vmap(clip)(grads))


def ensemble(forward, all_params, x):
    stacked = jax.tree.map(lambda *leaves: jnp.stack(leaves), *all_params)
    return jax.vmap(forward, in_axes=(0, None))(stacked, x)
