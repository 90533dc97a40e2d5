"""6.1 jit_contract: What jax.jit runs once, and what it gives away

`torch.compile` watches the Python that it compiles: if an attribute or a
global changes, it recompiles, and `losses.append(...)` runs in every call.
`jax.jit` watches only the arguments. Python runs your function once to trace
it, with tracers in place of the arrays: they have a shape and a dtype, but no
value. From then on only the compiled program runs, until arguments arrive with
a different shape, dtype or tree structure. So, in a function under jax.jit,

  * what Python does (print, append, count) happens once per trace, with
    tracers. Do it outside instead, in a function that calls the compiled one
    and uses its results.
  * what Python reads (a global, an attribute) keeps the value that it had
    during the trace.
  * `if train:` asks a tracer for its value, and raises an error. With
    `jax.jit(f, static_argnames="train")` that argument stays a Python value,
    and f is traced once for each value.

The cache of traces belongs to the function that jax.jit was given. A lambda, a
`def` or a `partial` that is created in each call is traced in each call:
create it once, outside.

`optimizer.step()` writes into the weights. A compiled step returns new arrays,
and until it is done the old ones need memory too, unless you donate them:
`jax.jit(f, donate_argnums=(0, 1))` may put the results where the first two
arguments were. After the call, these arguments are gone for everyone who holds
them: "Array has been deleted". A dict or a list around the same arrays does
not copy them; `jax.tree.map(jnp.copy, params)` does. What a step returns stays
valid until you donate it yourself.

Write the three functions. Each is checked by itself, and the checks pass
`history` a step of their own.

After 2.1, 4.4 and 4.7. About 20 minutes.

https://docs.jax.dev/en/latest/201/jit.html
"""

# --- PyTorch ---
import copy
from collections.abc import Callable

import torch


class TorchMLP(torch.nn.Module):
    def __init__(self, in_dim: int, hidden: int, output_dim: int):
        super().__init__()
        self.fc1 = torch.nn.Linear(in_dim, hidden)
        self.fc2 = torch.nn.Linear(hidden, output_dim)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.fc2(torch.tanh(self.fc1(x)))


def torch_make_step(
    model: torch.nn.Module, optimizer: torch.optim.Optimizer, log: Callable[[float], None]
) -> Callable[[torch.Tensor, torch.Tensor], None]:
    def step(x: torch.Tensor, y: torch.Tensor) -> None:
        loss = torch.nn.functional.mse_loss(model(x), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        log(loss.item())

    return step


def torch_history(
    model: torch.nn.Module, step: Callable, batches: list[tuple[torch.Tensor, torch.Tensor]]
) -> list[dict[str, torch.Tensor]]:
    """The weights before the first step and after each step.

    state_dict() alone would give the same tensors each time.
    """
    history = [copy.deepcopy(model.state_dict())]
    for x, y in batches:
        step(x, y)
        history.append(copy.deepcopy(model.state_dict()))
    return history


class TorchNet(torch.nn.Module):
    def __init__(self, in_dim: int, output_dim: int):
        super().__init__()
        self.bn = torch.nn.BatchNorm1d(in_dim)
        self.fc = torch.nn.Linear(in_dim, output_dim)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.fc(self.bn(x))


def torch_predict(model: torch.nn.Module, x: torch.Tensor, train: bool) -> torch.Tensor:
    return model.train(train)(x)


# --- JAX ---
from collections.abc import Callable
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import optax


def make_step(
    loss_fn: Callable[[Any, jax.Array, jax.Array], jax.Array],
    tx: optax.GradientTransformation,
    log: Callable[[jax.Array], None],
) -> Callable[[Any, Any, jax.Array, jax.Array], tuple[Any, Any]]:
    """Returns step(params, state, x, y) -> (new params, new state of tx).

    All calls of one step together trace loss_fn once for each shape of x and
    y, or twice where the gradient is taken apart from the loss. The step
    donates the arrays of params and state; those of x and y stay.

    loss_fn(params, x, y): returns a float32 (). params may be any tree; x and y
        arrive in the dtypes that they have, such as int32 for labels.
    tx: may need the params for its update, as weight decay does.
    log(loss): a Python function. Call it after each step with the loss of this
        batch before the step, even with inf or NaN: a float32 () or a float,
        not a tracer.
    """

    raise NotImplementedError("6.1 jit_contract: your code here")


def history(
    step: Callable[[Any, Any, jax.Array, jax.Array], tuple[Any, Any]],
    params: Any,
    state: Any,
    batches: list[tuple[jax.Array, jax.Array]],
) -> list:
    """The params before the first step, and after the step with each (x, y), in
    the dtypes that they have.

    step(params, state, x, y) returns the new (params, state), and donates the
    two that it takes. Everything that `history` returns can be used
    afterwards, and so can the params, the state and the list of batches that
    were passed to it. Without batches, it returns the params alone, in a list.
    """
    raise NotImplementedError("6.1 jit_contract: your code here")


def make_predict(forward: Callable[[Any, jax.Array, bool], jax.Array]) -> Callable[[Any, jax.Array, bool], jax.Array]:
    """Returns predict(params, x, train), which returns what forward returns.
    Gradients in params and in x go through it in both modes.

    For one shape of x, it traces forward once for train=True and once for
    train=False.

    forward(params, x, train): asks `if train:`, as TorchNet's BatchNorm does
        with its `training`. Returns an array or a tree, whose form may
        differ between the modes. All three arguments are positional, and may
        have any names.
    """
    raise NotImplementedError("6.1 jit_contract: your code here")
