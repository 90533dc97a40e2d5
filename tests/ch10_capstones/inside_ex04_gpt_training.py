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


def row_of(params: Any, tokens: jax.Array) -> jax.Array:
    """Logits that depend on the last token alone: its row in a table."""
    return params["table"][tokens]


def distance(params: Any, tokens: jax.Array) -> jax.Array:
    """Logits of a large table: the closer to the last token, the likelier.
    `order` says where the names of the tokens are.
    """
    return -jnp.abs(params["names"][params["order"]] - tokens[..., None])


@partial(jax.jit, static_argnums=0)
def loss_and_gradients(lm_loss: Callable, params: Any, tokens: jax.Array) -> dict[str, Any]:
    """The loss and its gradients with respect to params."""
    loss, gradients = jax.value_and_grad(lambda params: lm_loss(logits, params, tokens))(params)
    return {"loss": loss, "gradients": gradients}


def train(lm_loss: Callable, tx: Any, params: Any, batches: list, settings: str) -> list[jax.Array]:
    """The loss of each batch before the step with it, as in 4.4."""
    init, step = compiled(tx, settings)
    state, losses = init(params), []
    for tokens in batches:
        found = loss_and_gradients(lm_loss, params, tokens)
        params, state = step(found["gradients"], state, params)
        losses.append(found["loss"])
    return losses


_compiled: dict[str, tuple[Callable, Callable]] = {}  # by the settings of make_tx


def compiled(tx: Any, settings: str) -> tuple[Callable, Callable]:
    """`tx.init`, and the update, without the gradients' computation. One
    optimizer per settings serves all checks: compiling one per check took half
    of the exercise's time.
    """

    @jax.jit
    def step(grads: Any, state: Any, params: Any) -> tuple[Any, Any]:
        updates, state = tx.update(grads, state, params)
        return optax.apply_updates(params, updates), state

    return _compiled.setdefault(settings, (jax.jit(tx.init), step))


def updated(tx: Any, params: Any, grads: list, path: list[str], lr: float, settings: str) -> Any:
    """The array at `path`, divided by lr, after each update with these
    gradients; without a path, the params after all of them.
    """
    init, step = compiled(tx, settings)
    state, found = init(params), []
    for g in grads:
        params, state = step(g, state, params)
        found.append(at(params, path))
    return jnp.stack(found) / lr if path else params


def at(tree: Any, path: list[str]) -> Any:
    for key in path:
        tree = tree[key]
    return tree
