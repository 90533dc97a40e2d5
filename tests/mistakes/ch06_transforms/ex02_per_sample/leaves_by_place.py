"""The layers of the models are matched by their places in the dicts. Where one
dict has its keys in a different order, weights of different layers are stacked,
or an error is raised if their shapes differ. Usually that is a zip of the
values. `jax.tree.map` goes by the keys, whatever their order.
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


def stack(trees):
    if not isinstance(trees[0], dict):
        return jnp.stack(trees)
    values = zip(*(tree.values() for tree in trees), strict=True)
    return {name: stack(layer) for name, layer in zip(trees[0], values, strict=True)}


def ensemble(forward, all_params, x):
    return jax.vmap(forward, in_axes=(0, None))(stack(all_params), x)
