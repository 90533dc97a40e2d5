import jax
import jax.numpy as jnp
import optax
from flax.traverse_util import flatten_dict, unflatten_dict


def per_sample_grads(loss_fn, params, xs, ys):
    return jax.vmap(jax.grad(loss_fn), in_axes=(None, 0, 0))(params, xs, ys)


def dp_mean(grads, max_norm):
    def clip(grad):
        factor = jnp.minimum(1.0, max_norm / (optax.global_norm(grad) + 1e-6))
        return jax.tree.map(lambda g: factor * g, grad)

    return jax.tree.map(lambda g: g.mean(axis=0), jax.vmap(clip)(grads))


def ensemble(forward, all_params, x):
    flat = [flatten_dict(params) for params in all_params]
    columns = zip(*(params.values() for params in flat), strict=True)
    stacked = unflatten_dict(dict(zip(flat[0], map(jnp.stack, columns), strict=True)))
    return jax.vmap(forward, in_axes=(0, None))(stacked, x)
