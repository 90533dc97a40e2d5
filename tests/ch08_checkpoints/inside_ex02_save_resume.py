"""What runs beside the learner's code for 8.2 save_resume: a training run, and
a folder of its own to save it in.
"""

import os
import shutil
import tempfile
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import optax

KEEP = 0.8
TX = optax.adamw(optax.cosine_decay_schedule(0.05, 20), weight_decay=0.01)

_left: list[str] = []  # the working directory before `enter`
_entered: list[str] = []  # the folder of `enter`
_copies: list[str] = []  # its copies


def enter() -> None:
    """Make an empty folder the working directory; `leave` undoes it."""
    _left.append(os.getcwd())
    os.chdir(tempfile.mkdtemp(prefix="save_resume-"))
    _entered.append(os.getcwd())


def leave() -> None:
    """Go back and remove the folder of `enter`, if there is one."""
    if _left:
        folders = [_entered.pop(), *_copies]
        os.chdir(_left.pop())
        for folder in folders:
            shutil.rmtree(folder, ignore_errors=True)
        _copies.clear()


def copy_folder() -> None:
    """Copy all that lies in the working directory to a new folder: what a later
    program on a different machine has of it.
    """
    _copies.append(tempfile.mkdtemp(prefix="save_resume-"))
    for folder, _, names in os.walk("."):
        os.makedirs(os.path.join(_copies[-1], folder), exist_ok=True)
        for name in names:  # the contents alone: a confined process may not set permissions
            shutil.copyfile(os.path.join(folder, name), os.path.join(_copies[-1], folder, name))


def go_to_copy() -> None:
    """Make the copy the working directory, and remove the folder of `enter`."""
    os.chdir(_copies[-1])
    shutil.rmtree(_entered[-1])


def start(params: Any, seed: int, moments: Any = None) -> dict[str, Any]:
    """The state of a run before its first step; with `moments`, its optimizer
    has been made for these params.
    """
    opt_state = TX.init(moments or params)
    return {"params": params, "opt_state": opt_state, "step": jnp.int32(0), "key": jax.random.key(seed)}


def half_precision(params: Any, seed: int) -> dict[str, Any]:
    """A state whose parameters and first moments are bfloat16; no training is
    needed to fill it.
    """
    params = jax.tree.map(lambda p: p.astype(jnp.bfloat16), params)
    state = optax.adam(0.05).init(params)[0]
    count = jnp.int32(2**24 + 3)  # float32 has no such number
    opt_state = (state._replace(count=count, mu=params), optax.EmptyState())
    return {"params": params, "opt_state": opt_state, "step": jnp.int32(3), "key": jax.random.key(seed)}


def mixed(params: Any, seed: int) -> dict[str, Any]:
    """A state of many shapes and dtypes, of an optimizer without any state."""
    draw = np.random.default_rng(seed)
    extra = {
        "brain": jnp.asarray(draw.normal(size=3), jnp.bfloat16),
        "count": jnp.asarray(draw.integers(-100, 100, (2, 1, 3)), jnp.int8),
        "half": jnp.asarray(draw.normal(size=(1, 5)), jnp.float16),
        "ids": jnp.asarray(draw.integers(2**8, 2**16, 4), jnp.uint16),
        "mask": jnp.asarray(draw.random(7) < 0.5),
        "near": jnp.asarray(draw.integers(-(2**15), -(2**8), 3), jnp.int16),
        "pixels": jnp.asarray(draw.integers(2, 2**8, 3), jnp.uint8),
        "scale": jnp.float32(draw.normal()),
        "seen": jnp.asarray(draw.integers(2**31, 2**32, (2, 4)) | 1, jnp.uint32),
    }
    step = jnp.int32(10**9 + seed)
    return {
        "params": {**params, "blocks.10": extra},
        "opt_state": optax.sgd(0.1).init(params),
        "step": step,
        "key": jax.random.key(seed),
    }


def with_momentum(params: Any, seed: int) -> dict[str, Any]:
    """A state of clipped SGD with momentum after a step."""
    tx = optax.chain(optax.clip_by_global_norm(1.0), optax.sgd(0.1, 0.9))
    _, opt_state = tx.update(params, tx.init(params), params)
    return {"params": params, "opt_state": opt_state, "step": jnp.int32(1), "key": jax.random.split(jax.random.key(seed))[1]}


@jax.jit
def _step(state: Any, x: jax.Array, y: jax.Array) -> tuple[Any, jax.Array, jax.Array]:
    key, drawn = jax.random.split(state["key"])
    at = state["step"] % x.shape[0]
    hidden = state["params"]["fc1"]["bias"].shape[0]
    mask = jax.random.bernoulli(drawn, KEEP, (x.shape[1], hidden)) / KEEP

    def loss_fn(params: Any) -> jax.Array:
        h = jnp.tanh(x[at] @ params["fc1"]["kernel"] + params["fc1"]["bias"]) * mask
        return jnp.mean((h @ params["fc2"]["kernel"] + params["fc2"]["bias"] - y[at]) ** 2)

    loss, grads = jax.value_and_grad(loss_fn)(state["params"])
    updates, opt_state = TX.update(grads, state["opt_state"], state["params"])
    params = optax.apply_updates(state["params"], updates)
    return {"params": params, "opt_state": opt_state, "step": state["step"] + 1, "key": key}, loss, mask


def train(state: Any, x: jax.Array, y: jax.Array, steps: int) -> tuple[Any, list, list]:
    """(the state after some steps, their losses, their masks)."""
    losses, masks = [], []
    for _ in range(steps):
        state, loss, mask = _step(state, x, y)
        losses.append(loss)
        masks.append(mask)
    return state, losses, masks


def dtypes(state: Any) -> dict[str, str]:
    """The dtype of every leaf, by its path."""
    leaves = jax.tree_util.tree_leaves_with_path(state)
    return {jax.tree_util.keystr(path): str(getattr(leaf, "dtype", type(leaf).__name__)) for path, leaf in leaves}


def refuses(restore: Any, path: str, template: Any) -> bool:
    """Whether `restore` raises any error; the stub's is passed on."""
    try:
        restore(path, template)
    except Exception as error:
        if "your code here" in str(error):
            raise
        return True
    return False
