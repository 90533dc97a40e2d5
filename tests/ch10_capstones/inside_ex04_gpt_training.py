"""What runs beside the learner's code for 10.4 gpt_training."""

from collections.abc import Callable
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import optax

HEADS = 5


def _norm(params: Any, x: jax.Array) -> jax.Array:
    x = x - x.mean(-1, keepdims=True)
    return x * jax.lax.rsqrt(jnp.square(x).mean(-1, keepdims=True) + 1e-5) * params["scale"] + params["bias"]


def _dense(params: Any, x: jax.Array) -> jax.Array:
    return x @ params["kernel"] + params["bias"]


def _attention(params: Any, x: jax.Array) -> jax.Array:
    q, k, v = jnp.split(_dense(params["c_attn"], x).reshape(*x.shape[:2], 3 * HEADS, -1), 3, axis=2)
    return _dense(params["c_proj"], jax.nn.dot_product_attention(q, k, v, is_causal=True).reshape(x.shape))


def _block(params: Any, x: jax.Array) -> jax.Array:
    x = x + _attention(params["attn"], _norm(params["ln_1"], x))
    hidden = jax.nn.gelu(_dense(params["mlp"]["c_fc"], _norm(params["ln_2"], x)), approximate=False)
    return x + _dense(params["mlp"]["c_proj"], hidden)


@jax.jit
def logits(params: Any, tokens: jax.Array) -> jax.Array:
    """What TorchGPT computes: 10.3's logits, with a fixed number of heads."""
    x = params["wte"]["embedding"][tokens] + params["wpe"]["embedding"][: tokens.shape[1]]
    for i in range(len(params) - 3):
        x = _block(params[f"h_{i}"], x)
    return _norm(params["ln_f"], x) @ params["wte"]["embedding"].T


@partial(jax.jit, static_argnums=0)
def loss_and_gradients(lm_loss: Callable, params: Any, tokens: jax.Array) -> tuple[jax.Array, Any]:
    """The loss and its gradients with respect to params."""
    return jax.value_and_grad(lambda params: lm_loss(logits, params, tokens))(params)


def train(lm_loss: Callable, tx: Any, params: Any, batches: list) -> list[jax.Array]:
    """The loss of each batch before the step with it, as in 4.4."""
    init, step = compiled(tx)
    state, losses = init(params), []
    for tokens in batches:
        loss, grads = loss_and_gradients(lm_loss, params, tokens)
        params, state = step(grads, state, params)
        losses.append(loss)
    return losses


_first: list = []  # what `compiled` returned


def compiled(tx: Any) -> tuple[Callable, Callable]:
    """`tx.init`, and the update, without the gradients' computation. All checks
    make their optimizer with the same settings, so the first one serves them
    all: compiling one per check took half of the exercise's time.
    """

    @jax.jit
    def step(grads: Any, state: Any, params: Any) -> tuple[Any, Any]:
        updates, state = tx.update(grads, state, params)
        return optax.apply_updates(params, updates), state

    if not _first:
        _first.append((jax.jit(tx.init), step))
    return _first[0]


def updated(tx: Any, params: Any, grads: list, path: list[str], unit: float) -> list:
    """What stands at `path` in params, divided by unit, after each update with
    these gradients.
    """
    init, step = compiled(tx)
    state, found = init(params), []
    for g in grads:
        params, state = step(g, state, params)
        found.append(jax.tree.map(lambda p: p / unit, at(params, path)))
    return found


def at(tree: Any, path: list[str]) -> Any:
    for key in path:
        tree = tree[key]
    return tree
