"""6.5 debugging: Prints, NaNs, errors and leaked tracers

In PyTorch you debug with Python: `print(h.mean())` in forward, a Python `if`
that raises, `set_detect_anomaly(True)` for a NaN in the backward pass. A
compiled JAX function has no Python in it any more, and each of these has a
different tool.

Under jax.jit, `print(h)` runs once per trace and shows a tracer. Under jax.vmap
it runs once for all rows. `jax.debug.print("mean {}", h.mean())` prints the
value, in every call and for every row. It takes a format string and values; an
f-string is formatted during the trace, and shows a tracer again. When the
program runs ahead of Python, the last lines are still to come:
`jax.effects_barrier()` waits for them.

`with jax.debug_nans(True):` looks at the result of every operation and raises a
FloatingPointError at the first NaN: "invalid value (nan) encountered in sqrt".
Of a compiled function it looks at the results; if one has a NaN, the function
runs again, operation by operation. Anomaly mode sees the backward pass alone;
here the forward pass is looked at too. `jax.debug_nans(True)` outside a `with`
does nothing at all. `jax.config.update("jax_debug_nans", True)` is for the
whole process, and belongs at its start: in JAX 0.10, once there was a jax.vmap,
it no longer looks at what ran before it was set.

An index out of range raises no error: `table[i]` takes the last row, and
`jnp.take` gives NaN. Nor can a compiled function raise an error by itself. With
`jax.experimental.checkify`, errors are results:

    error, y = jax.jit(checkify.checkify(f, errors=...))(x)

`error.get()` is a message, or None, and `error.throw()` raises it. By default
only those of `checkify.check(ok, "the sum is {}", x.sum())` are reported, which
f itself calls: it is the `if` that raises. `checkify.index_checks`,
`checkify.nan_checks` and others are sets, joined with `|`.

`self.last = h` is a good way to look at h in PyTorch. Under jax.jit h is a
tracer; kept beyond the trace, it is a leak, and using it later raises
UnexpectedTracerError. `with jax.checking_leaks():` raises an error when a trace
ends while somebody still holds one of its tracers. It looks at traces made
within it, and so at nothing in a function that runs without jax.jit or that was
traced before.

Write the four functions.

After 2.2, 4.1 and 6.1. About 25 minutes.

https://docs.jax.dev/en/latest/debugging/index.html
"""

# --- PyTorch ---
from collections.abc import Callable

import torch


class TorchMLP(torch.nn.Module):
    def __init__(self, in_dim: int, hidden: int, output_dim: int):
        super().__init__()
        self.fc1 = torch.nn.Linear(in_dim, hidden)
        self.fc2 = torch.nn.Linear(hidden, output_dim)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        h = torch.tanh(self.fc1(x))
        print("fc1", h.abs().mean().item())
        y = self.fc2(h)
        print("fc2", y.abs().mean().item())
        return y


def torch_nan_source(
    loss_fn: Callable[[torch.Tensor, torch.Tensor], torch.Tensor], params: torch.Tensor, x: torch.Tensor
) -> str | None:
    """For the first NaN in the backward pass, something like "Function
    'SqrtBackward0' returned nan values in its 0th output."
    """
    loss = loss_fn(params, x)
    try:
        with torch.autograd.set_detect_anomaly(True):
            loss.backward()
    except RuntimeError as error:
        return str(error)
    return None


def torch_checked(f: Callable) -> Callable:
    """PyTorch raises an IndexError by itself, and f a ValueError."""

    def run(*args: torch.Tensor) -> tuple[str | None, torch.Tensor | None]:
        try:
            return None, f(*args)
        except (IndexError, ValueError) as error:
            return str(error), None

    return run


# --- JAX ---
from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
from jax.experimental import checkify


def forward(params: Any, x: jax.Array) -> jax.Array:
    """TorchMLP's output, float32 (batch, output_dim), and its two lines.

    Prints "fc1 " and the mean of |h|, then "fc2 " and the mean of |y|, each on
    a line of its own and with at least three decimals: in every call, also
    under jax.jit and jax.grad, of params, x or both; under jax.vmap, once for
    each x. Keeps no tracer.

    params: {"fc1": {"kernel" (in_dim, hidden), "bias" (hidden,)},
        "fc2": {"kernel" (hidden, output_dim), "bias" (output_dim,)}}.
    x: float32 (batch, in_dim).
    """
    # <solution>
    h = jnp.tanh(x @ params["fc1"]["kernel"] + params["fc1"]["bias"])
    jax.debug.print("fc1 {}", jnp.abs(h).mean())
    y = h @ params["fc2"]["kernel"] + params["fc2"]["bias"]
    jax.debug.print("fc2 {}", jnp.abs(y).mean())
    return y
    # </solution>


def nan_source(loss_fn: Callable[[Any, jax.Array], jax.Array], params: Any, x: jax.Array) -> str | None:
    """The message of the error for the first NaN while the gradient of
    loss_fn(params, x) in params is computed, in the forward or the backward
    pass: it names the operation, such as sqrt. None without a NaN; an infinity
    is not one. A NaN that the gradient in x alone has may be reported or not.
    In a compiled loss_fn, one that no result shows may be reported or not.

    loss_fn returns a float32 (), may be compiled, and has run before, also
    under jax.vmap. params: any tree of float32 arrays; x: of any dtype. Errors
    of loss_fn's own are passed on; it raises no FloatingPointError. Afterwards
    `jax_debug_nans` is as it was before, on or off.
    """
    # <solution>
    try:
        with jax.debug_nans(True):
            jax.grad(loss_fn)(params, x)
    except FloatingPointError as error:
        return str(error)
    return None
    # </solution>


def checked(f: Callable) -> Callable[..., tuple[str | None, Any]]:
    """Returns run(*args) -> (message, result): what f(*args) returns, an array
    or a tree, computed by a compiled function that is traced once for each
    shape and dtype of the arguments.

    message: what checkify says of the first index out of range, the first NaN,
        or the first `checkify.check` in f that does not hold, and of one of
        them where there are several kinds; run raises no error for them. None
        without any of them: then result must be right.
        A division by zero that gives no NaN may be reported or not.
    """

    # <solution>
    errors = checkify.index_checks | checkify.nan_checks | checkify.user_checks
    compiled = jax.jit(checkify.checkify(f, errors=errors))

    def run(*args):
        error, result = compiled(*args)
        return error.get(), result

    return run
    # </solution>


def leaks(f: Callable[[jax.Array], Any], x: jax.Array) -> bool:
    """Whether f keeps a tracer of its own when f(x) is compiled: in a list, an
    attribute, a global.

    f raises no errors of its own, and was not compiled before. Afterwards
    `jax_check_tracer_leaks` is as it was before, on or off.
    """
    # <solution>
    try:
        with jax.checking_leaks():
            jax.jit(f)(x)
    except Exception:
        return True
    return False
    # </solution>
