"""`master_step` raises an error for weights of a different form. Usually it
goes over dicts, by `items()` or flax's `flatten_dict`. Weights may stand in
lists and tuples too. `jax.tree.map` goes over all arrays, whatever the form.
"""

import jax
import jax.numpy as jnp
import optax
from flax.traverse_util import flatten_dict, unflatten_dict


def forward_bf16(params, x):
    params, x = jax.tree.map(lambda leaf: leaf.astype(jnp.bfloat16), (params, x))
    hidden = jnp.tanh(x @ params["fc1"]["kernel"] + params["fc1"]["bias"])
    return params["scale"] * (hidden @ params["fc2"]["kernel"] + params["fc2"]["bias"])


def cross_entropy(logits, labels):
    return optax.softmax_cross_entropy_with_integer_labels(logits.astype(jnp.float32), labels).mean()


def master_step(tx, master, state, grads):
    def cast(tree, dtype):
        return unflatten_dict({path: leaf.astype(dtype) for path, leaf in flatten_dict(tree).items()})

    updates, state = tx.update(cast(grads, jnp.float32), state, master)
    master = optax.apply_updates(master, updates)
    return master, state, cast(master, jnp.bfloat16)
